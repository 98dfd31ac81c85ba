package io.longshore.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A configuration file: Java properties in UTF-8 with {@code longshore.*} keys.
 *
 * @param name how messages call it
 * @param values its keys and values
 */
record ConfigFile(String name, Map<String, String> values) {
    /** Copies the map. */
    ConfigFile {
        values = Map.copyOf(values);
    }

    /** No file. */
    static ConfigFile none() {
        return new ConfigFile("", Map.of());
    }

    /**
     * Reads {@code file}.
     *
     * @throws UsageException where it cannot be read, is malformed, or holds a key of another program
     */
    static ConfigFile read(Path file) throws UsageException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new UsageException("cannot read the configuration file " + file + ": " + unreadable
                    + "; expected a properties file in UTF-8");
        }
        Map<String, String> values = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (!key.startsWith("longshore.")) {
                throw new UsageException(key + " in " + file + ": expected a key that starts with longshore.");
            }
            values.put(key, properties.getProperty(key).strip());
        }
        return new ConfigFile(file.toString(), values);
    }
}
