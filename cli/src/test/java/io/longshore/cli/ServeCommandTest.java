package io.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {
    @TempDir
    private Path home;

    @BeforeEach
    void addDemo() throws IOException {
        Files.createDirectory(home.resolve("models"));
        Files.createDirectory(home.resolve("etc"));
    }

    @Test
    void noRepository_servesTheDemo() throws UsageException {
        assertThat(plan(Map.of()).systemProperties())
                .containsEntry(
                        "longshore.model-repository", home.resolve("models").toString());
    }

    @Test
    void noRepositoryAndNoDemo_isRefusedWithTheWayOut() throws IOException {
        Files.delete(home.resolve("models"));
        assertThatThrownBy(() -> plan(Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--model-repository=<folder>");
    }

    @Test
    void repositoryOfTheEnvironment_replacesTheDemo() throws UsageException {
        assertThat(plan(Map.of("LONGSHORE_MODEL_REPOSITORY", "/tmp")).systemProperties())
                .containsEntry("longshore.model-repository", "/tmp");
    }

    @Test
    void configFileOfTheDistribution_isReadAndHandedOn() throws IOException, UsageException {
        Path file = Files.writeString(home.resolve("etc/longshore.properties"), "longshore.http.port = 9001\n");
        assertThat(plan(Map.of()).systemProperties())
                .containsEntry("longshore.http.port", "9001")
                .containsEntry("longshore.config-file", file.toString());
    }

    @Test
    void namedConfigFile_replacesTheOneOfTheDistribution() throws IOException, UsageException {
        Files.writeString(home.resolve("etc/longshore.properties"), "longshore.http.port=9001\n");
        Path named = Files.writeString(home.resolve("mine.properties"), "longshore.id=x\nlongshore.http.port=9002\n");
        assertThat(plan(Map.of("LONGSHORE_CONFIG_FILE", named.toString())).systemProperties())
                .containsEntry("longshore.http.port", "9002");
        assertThat(plan(Map.of("LONGSHORE_CONFIG_FILE", "/not/there"), "--config-file=" + named)
                        .systemProperties())
                .containsEntry("longshore.http.port", "9002");
    }

    @Test
    void absentOrForeignConfigFile_isRefused() throws IOException {
        assertThatThrownBy(() -> plan(Map.of(), "--config-file=/not/there"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("/not/there");
        Path foreign = Files.writeString(home.resolve("foreign.properties"), "http.port=1\n");
        assertThatThrownBy(() -> plan(Map.of(), "--config-file=" + foreign))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("http.port in " + foreign + ": expected a key that starts with longshore.");
    }

    @Test
    void optionWithoutEffect_givesOneNote() throws UsageException {
        assertThat(plan(Map.of(), "--host-policy=x", "--http-port=2").notes())
                .containsExactly("--host-policy has no effect yet");
    }

    @Test
    void tracesForOpenTelemetry_areToldToMicroProfileTelemetry() throws UsageException {
        assertThat(plan(
                                Map.of("OTEL_LOGS_EXPORTER", "otlp"),
                                "--trace-config=mode=opentelemetry",
                                "--trace-config=opentelemetry,url=http://collector:4318/v1/traces",
                                "--trace-config=opentelemetry,resource=service.name=desk",
                                "--trace-config=opentelemetry,resource=team=search",
                                "--trace-config=opentelemetry,resource=stage=test",
                                "--trace-config=opentelemetry,bsp_schedule_delay=100")
                        .systemProperties())
                .containsEntry("otel.sdk.disabled", "false")
                .containsEntry("otel.exporter.otlp.traces.endpoint", "http://collector:4318/v1/traces")
                .containsEntry("otel.exporter.otlp.traces.protocol", "http/protobuf")
                .containsEntry("otel.service.name", "desk")
                .containsEntry("otel.resource.attributes", "team=search,stage=test")
                .containsEntry("otel.bsp.schedule.delay", "100")
                .containsEntry("otel.metrics.exporter", "none")
                .doesNotContainKey("otel.logs.exporter");
    }

    @Test
    void environmentOfOpenTelemetry_winsOverDefaults() throws UsageException {
        assertThat(plan(
                                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://other:4317", "OTEL_SERVICE_NAME", "x"),
                                "--trace-config=mode=opentelemetry")
                        .systemProperties())
                .doesNotContainKeys("otel.exporter.otlp.traces.endpoint", "otel.service.name");
    }

    @Test
    void tracesForFiles_areNoAffairOfOpenTelemetry() throws UsageException {
        assertThat(plan(Map.of(), "--trace-config=level=TIMESTAMPS")
                        .systemProperties()
                        .keySet())
                .noneMatch(key -> key.startsWith("otel."));
    }

    @Test
    void jsonLog_isAskedOfLiberty() throws UsageException {
        assertThat(plan(Map.of("LONGSHORE_LOG_FORMAT", "json"), "--log-verbose=1")
                        .systemProperties())
                .containsEntry("com.ibm.ws.logging.console.format", "json")
                .containsEntry("com.ibm.ws.logging.trace.specification", "*=warning:io.longshore.*=fine")
                .containsEntry("longshore.log-verbose", "1");
    }

    @Test
    void takenPort_isRefused() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, String> properties = Map.of("longshore.http.port", Integer.toString(taken.getLocalPort()));
            assertThatThrownBy(() -> ServeCommand.checkAddress(properties))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void freePort_passes() throws IOException {
        int port = Preparation.freePort();
        assertThatCode(() -> ServeCommand.checkAddress(
                        Map.of("longshore.http.port", Integer.toString(port), "longshore.http.address", "*")))
                .doesNotThrowAnyException();
    }

    private ServeCommand.Plan plan(Map<String, String> environment, String... arguments) throws UsageException {
        return new ServeCommand(environment, home).plan(List.of(arguments));
    }
}
