package io.longshore.backend.onnxruntime;

import io.longshore.spi.BackendException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads named values of text and collects what is wrong with them.
 *
 * @param prefix what stands before a name in messages
 * @param values texts by name
 * @param problems where complaints go
 */
record SettingReader(String prefix, Map<String, String> values, List<String> problems) {
    /** A number of at least 0, or empty where there is none or it cannot be read. */
    OptionalInt count(String name) {
        String text = values.get(name);
        if (text == null) {
            return OptionalInt.empty();
        }
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= 0) {
                return OptionalInt.of(value);
            }
        } catch (NumberFormatException e) {
            // Reported below, like a negative number.
        }
        problems.add(prefix + name + " is a whole number of at least 0, got '" + text + "'");
        return OptionalInt.empty();
    }

    /** A yes or no, or empty where there is none or it cannot be read. */
    Optional<Boolean> flag(String name) {
        String text = values.get(name);
        if (text == null) {
            return Optional.empty();
        }
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "1", "true" -> Optional.of(true);
            case "0", "false" -> Optional.of(false);
            default -> {
                problems.add(prefix + name + " is 0, 1, false or true, got '" + text + "'");
                yield Optional.empty();
            }
        };
    }

    /**
     * Ends the reading.
     *
     * @throws BackendException naming the problems, if there are any
     */
    static void throwIfAny(List<String> problems) throws BackendException {
        if (!problems.isEmpty()) {
            throw new BackendException(String.join("; ", problems));
        }
    }
}
