package io.longshore.ejb.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.longshore.inference.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Turns texts into values. Each method throws {@link IllegalArgumentException} for a text that is none of its values; the
 * message adds what {@link Setting#expected()} cannot know, and is empty where there is nothing to add.
 */
final class SettingTypes {
    static final String BOOLEAN_WORDS = "true or false";

    private SettingTypes() {}

    static String text(String text) {
        return text;
    }

    static String headerPattern(String text) {
        try {
            Pattern.compile(text);
            return text;
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** True for {@code true} and {@code 1}, false for {@code false} and {@code 0}: what tritonserver's options take. */
    static boolean bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("");
        };
    }

    /** {@code text} and tritonserver's {@code default} are the same. */
    static LogFormat logFormat(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "text", "default" -> LogFormat.DEFAULT;
            case "iso8601" -> LogFormat.ISO8601;
            case "json" -> LogFormat.JSON;
            default -> throw new IllegalArgumentException("");
        };
    }

    /** A file that exists and may be written to, or that may be made; empty = none. */
    static String logFile(String text) {
        if (text.isEmpty()) {
            return text;
        }
        Path file = path(text).toAbsolutePath();
        Path folder = file.getParent();
        boolean usable = Files.exists(file)
                ? Files.isWritable(file) && !Files.isDirectory(file)
                : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
        if (!usable) {
            throw new IllegalArgumentException("'" + file + "' cannot be written to");
        }
        return text;
    }

    static int integer(String text, int min, int max) {
        return (int) number(text, min, max);
    }

    static long bytes(String text) {
        return number(text, 1, Long.MAX_VALUE);
    }

    static OptionalLong optionalBytes(String text) {
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(bytes(text));
    }

    static <E extends Enum<E>> Function<String, E> oneOf(Class<E> type) {
        return text -> Arrays.stream(type.getEnumConstants())
                .filter(value -> value.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(""));
    }

    static List<Path> repositories(String text) {
        List<Path> repositories = new ArrayList<>();
        for (String part : parts(text, ",")) {
            Path repository = path(part);
            if (!Files.exists(repository)) {
                throw new IllegalArgumentException("'" + part + "' does not exist");
            }
            if (!Files.isReadable(repository)) {
                throw new IllegalArgumentException("'" + part + "' may not be read");
            }
            repositories.add(repository);
        }
        return repositories;
    }

    static List<String> modelNames(String text) {
        List<String> names = parts(text, ",");
        if (names.contains("*") && names.size() > 1) {
            throw new IllegalArgumentException("'*' means all models and stands alone");
        }
        return names;
    }

    static String modelName(String text) {
        if (text.contains("/") || text.contains("\\")) {
            throw new IllegalArgumentException("");
        }
        return text;
    }

    static String fileStem(String text) {
        if (text.contains("/") || text.contains("\\") || text.startsWith(".")) {
            throw new IllegalArgumentException("");
        }
        return text;
    }

    static Optional<Path> propertiesFile(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Path file = path(text);
        try {
            ConfigFileSource.load(file);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("it cannot be read: " + e, e);
        }
        return Optional.of(file);
    }

    static Optional<Path> optionalPath(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(path(text));
    }

    static BackendSettings backendSettings(String text) {
        Map<String, String> forAll = new LinkedHashMap<>();
        Map<String, Map<String, String>> byBackend = new LinkedHashMap<>();
        for (String entry : parts(text, ";")) {
            int equals = entry.indexOf('=');
            String name = equals < 0 ? "" : entry.substring(0, equals).strip();
            int comma = name.indexOf(',');
            String setting = name.substring(comma + 1).strip();
            if (setting.isEmpty() || comma == 0) {
                throw new IllegalArgumentException("entry " + (forAll.size() + size(byBackend) + 1) + " is none");
            }
            String value = entry.substring(equals + 1).strip();
            if (comma < 0) {
                forAll.put(setting, value);
            } else {
                String backend = name.substring(0, comma).strip();
                byBackend
                        .computeIfAbsent(backend, absent -> new LinkedHashMap<>())
                        .put(setting, value);
            }
        }
        return new BackendSettings(forAll, byBackend);
    }

    private static int size(Map<String, Map<String, String>> byBackend) {
        return byBackend.values().stream().mapToInt(Map::size).sum();
    }

    private static long number(String text, long min, long max) {
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("", notANumber);
        }
        throw new IllegalArgumentException("");
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path", e);
        }
    }

    private static List<String> parts(String text, String separator) {
        return Arrays.stream(text.split(separator, -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }
}
