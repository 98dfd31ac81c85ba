package io.longshore.ejb.config;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.ConfigSourceProvider;
import org.jspecify.annotations.Nullable;

/**
 * Gives the values of the file that {@code longshore.config-file} names to MicroProfile Config, which finds this class
 * through {@code META-INF/services}. Since sources are made before there is a configuration, only a system property or an
 * environment variable can name the file.
 */
public final class ConfigFileSourceProvider implements ConfigSourceProvider {
    private static final Logger LOG = System.getLogger(ConfigFileSourceProvider.class.getName());

    /** One source, or none where no file is named. A file that cannot be read is a problem that the reader reports. */
    @Override
    public Iterable<ConfigSource> getConfigSources(ClassLoader forClassLoader) {
        String file = location();
        if (file == null || file.isBlank()) {
            return List.of();
        }
        try {
            Path path = Path.of(file.strip());
            return List.of(new ConfigFileSource(path, ConfigFileSource.load(path)));
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "config file {0} gives no values: {1}", file, e);
            return List.of();
        }
    }

    private static @Nullable String location() {
        String property = System.getProperty(Settings.CONFIG_FILE.key());
        return property != null ? property : System.getenv(Settings.CONFIG_FILE.environmentName());
    }
}
