package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.ConfigSourceProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Order of the sources and mapping of names, with the implementation that Open Liberty has. */
class MicroProfileValuesTest {
    private static final int SYSTEM_PROPERTIES = 400;
    private static final int ENVIRONMENT = 300;

    @Test
    void sameKeyEverywhere_propertyOverEnvironmentOverFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("l.properties"),
                "longshore.http.port=1\nlongshore.log-verbose=1\nlongshore.max-queue-size=1");
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new ConfigFileSource(file, ConfigFileSource.load(file)))
                .withSources(new EnvConfigSource(
                        Map.of("LONGSHORE_HTTP_PORT", "2", "LONGSHORE_MAX_QUEUE_SIZE", "2"), ENVIRONMENT))
                .withSources(new PropertiesConfigSource(
                        Map.of("longshore.http.port", "3"), "the command line", SYSTEM_PROPERTIES))
                .build();

        LongshoreConfig read = new ConfigReader(config).read();

        assertThat(read.http().port()).isEqualTo(3);
        assertThat(read.requests().maxQueueSize()).isEqualTo(2);
        assertThat(read.logging().verboseLevel()).isEqualTo(1);
        assertThat(new ConfigReader(config).warnings()).isEmpty();
    }

    @Test
    void badValue_namesItsSource() {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new EnvConfigSource(Map.of("LONGSHORE_HTTP_PORT", "http"), ENVIRONMENT))
                .build();

        InvalidConfigException failure =
                catchThrowableOfType(InvalidConfigException.class, () -> new ConfigReader(config).read());

        assertThat(failure.problems())
                .first()
                .asString()
                .startsWith("longshore.http.port: 'http' from EnvConfigSource");
    }

    @Test
    void providerNamedBySystemProperty_givesTheFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("l.properties"), "longshore.server-name=caf\u00e9");
        System.setProperty("longshore.config-file", file.toString());
        try {
            ConfigSource source = fromServiceLoader();

            assertThat(source.getOrdinal()).isEqualTo(ConfigFileSource.ORDINAL);
            assertThat(source.getName()).contains(file.toString());
            assertThat(source.getValue("longshore.server-name")).isEqualTo("caf\u00e9");
            assertThat(source.getValue("longshore.server-id")).isNull();
        } finally {
            System.clearProperty("longshore.config-file");
        }
    }

    @Test
    void providerWithoutAFile_givesNothing() {
        assertThat(new ConfigFileSourceProvider().getConfigSources(getClass().getClassLoader()))
                .isEmpty();
    }

    private static ConfigSource fromServiceLoader() {
        ClassLoader loader = MicroProfileValuesTest.class.getClassLoader();
        return ServiceLoader.load(ConfigSourceProvider.class, loader).stream()
                .filter(provider -> provider.type() == ConfigFileSourceProvider.class)
                .map(provider ->
                        provider.get().getConfigSources(loader).iterator().next())
                .findFirst()
                .orElseThrow();
    }
}
