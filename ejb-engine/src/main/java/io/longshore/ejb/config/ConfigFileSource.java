package io.longshore.ejb.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** The values of one properties file in UTF-8, read once. Immutable. */
final class ConfigFileSource implements ConfigSource {
    /** Below the environment (300) and above what is packed into the application (100). */
    static final int ORDINAL = 200;

    private final Path file;
    private final Map<String, String> values;

    ConfigFileSource(Path file, Map<String, String> values) {
        this.file = file;
        this.values = Map.copyOf(values);
    }

    /**
     * The key and value pairs of a properties file in UTF-8.
     *
     * @throws IOException if it cannot be read, or is not UTF-8
     * @throws IllegalArgumentException if it holds a malformed escape
     */
    static Map<String, String> load(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> values = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }

    @Override
    public Set<String> getPropertyNames() {
        return values.keySet();
    }

    @Override
    public @Nullable String getValue(String name) {
        return values.get(name);
    }

    @Override
    public String getName() {
        return "the config file " + file;
    }

    @Override
    public int getOrdinal() {
        return ORDINAL;
    }
}
