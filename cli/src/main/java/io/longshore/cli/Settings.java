package io.longshore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The configuration keys that have options, after the order of precedence: command line over environment over configuration
 * file. Every value is checked, wherever it came from. Defaults, and keys without an option, are the server's affair, which
 * reads the environment and the file too. Immutable.
 */
final class Settings {
    private final SortedMap<String, String> values;

    private Settings(SortedMap<String, String> values) {
        this.values = values;
    }

    /**
     * Merges the three sources.
     *
     * @param commandLine the keys that options have set, checked already
     * @param environment the environment of the process
     * @param file the configuration file
     * @throws UsageException with all problems of the environment and the file
     */
    static Settings resolve(Map<String, String> commandLine, Map<String, String> environment, ConfigFile file)
            throws UsageException {
        Merge merge = new Merge(environment, file);
        merge.addOptions(commandLine);
        return merge.result(commandLine);
    }

    /** The environment variable that sets {@code key}, by MicroProfile Config's rule. */
    static String variableOf(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** The value of {@code key}, where any source sets it. */
    Optional<String> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The keys and values in the order of the keys. */
    Map<String, String> asMap() {
        return Map.copyOf(values);
    }

    private static final class Merge {
        private final Map<String, String> environment;
        private final ConfigFile file;
        private final SortedMap<String, String> values = new TreeMap<>();
        private final List<String> problems = new ArrayList<>();

        Merge(Map<String, String> environment, ConfigFile file) {
            this.environment = environment;
            this.file = file;
        }

        void addOptions(Map<String, String> commandLine) {
            for (ServeOption option : ServeOptions.all()) {
                String key = option.key();
                if (key == null || commandLine.containsKey(key) || values.containsKey(key)) {
                    continue;
                }
                String variable = environment.get(variableOf(key));
                String inFile = file.values().get(key);
                if (variable != null) {
                    check(option, variableOf(key), variable, key);
                } else if (inFile != null) {
                    check(option, key + " in " + file.name(), inFile, key);
                }
            }
        }

        private void check(ServeOption option, String source, String text, String key) {
            String normal = normal(option, text);
            if (normal == null) {
                problems.add(source + "=" + option.kind().shown(text) + ": expected "
                        + option.kind().expectation());
            } else {
                values.put(key, normal);
            }
        }

        private static @Nullable String normal(ServeOption option, String text) {
            String separator = option.separator();
            if (separator == null) {
                return option.kind().normal().of(text);
            }
            List<String> parts = new ArrayList<>();
            for (String part : text.split(separator, -1)) {
                String normal = option.kind().normal().of(part.strip());
                if (normal == null) {
                    return null;
                }
                parts.add(normal);
            }
            return String.join(separator, parts);
        }

        Settings result(Map<String, String> commandLine) throws UsageException {
            if (!problems.isEmpty()) {
                throw new UsageException(problems);
            }
            values.putAll(commandLine);
            return new Settings(values);
        }
    }
}
