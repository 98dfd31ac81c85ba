package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.ejb.config.LongshoreConfig.ControlMode;
import io.longshore.ejb.config.LongshoreConfig.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LongshoreConfigTest {
    @TempDir
    Path folder;

    @Test
    void nothingSet_everyDefault() {
        LongshoreConfig config = MapValues.reader(Map.of()).read();

        assertThat(config)
                .isEqualTo(new LongshoreConfig(
                        new LongshoreConfig.Repository(
                                List.of(),
                                "",
                                ControlMode.NONE,
                                List.of(),
                                Duration.ofSeconds(15),
                                4,
                                true,
                                "",
                                0,
                                new LongshoreConfig.Uploads(false, 8L << 30)),
                        BackendSettings.NONE,
                        new LongshoreConfig.Requests(MapValues.MACHINE_MEMORY / 4, 8192, 256, false),
                        new LongshoreConfig.Server("triton", "", true),
                        new LongshoreConfig.Shutdown(Duration.ZERO, Duration.ofSeconds(30), false, false),
                        new LongshoreConfig.Http("127.0.0.1", 8000, 16, 67_108_864, ""),
                        new LongshoreConfig.Grpc(true, "127.0.0.1", 8001, ""),
                        new LongshoreConfig.Logging(LogFormat.TEXT, 0)));
    }

    @Test
    void everyKeySet_everyValueArrives() throws IOException {
        Map<String, String> texts = everyKey();

        LongshoreConfig config = MapValues.reader(texts).read();

        assertThat(texts.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Settings.ALL.stream().map(Setting::key).toList());
        assertThat(config)
                .isEqualTo(new LongshoreConfig(
                        new LongshoreConfig.Repository(
                                List.of(folder.resolve("a"), folder.resolve("b")),
                                "desk_model",
                                ControlMode.EXPLICIT,
                                List.of("simple", "minilm"),
                                Duration.ofSeconds(3),
                                2,
                                false,
                                "edge",
                                3,
                                new LongshoreConfig.Uploads(true, 4096)),
                        new BackendSettings(
                                Map.of("default-max-batch-size", "4"),
                                Map.of("onnxruntime", Map.of("intra_op_threads", "2", "note", "a=b"))),
                        new LongshoreConfig.Requests(1_000_000, 16, 7, true),
                        new LongshoreConfig.Server("desk", "replica-3", false),
                        new LongshoreConfig.Shutdown(Duration.ofSeconds(5), Duration.ofSeconds(60), true, true),
                        new LongshoreConfig.Http("0.0.0.0", 9000, 3, 1024, "x-.*"),
                        new LongshoreConfig.Grpc(false, "::1", 9001, "(?-i)tenant"),
                        new LongshoreConfig.Logging(LogFormat.JSON, 2)));
    }

    @Test
    void grpcAddress_isThatOfHttpUnlessSet() {
        LongshoreConfig config =
                MapValues.reader(Map.of("longshore.http.address", "0.0.0.0")).read();

        assertThat(config.grpc().address()).isEqualTo("0.0.0.0");
    }

    private Map<String, String> everyKey() throws IOException {
        Files.createDirectory(folder.resolve("a"));
        Files.createDirectory(folder.resolve("b"));
        Path file = Files.writeString(folder.resolve("longshore.properties"), "longshore.server-name=unused");
        Map<String, String> texts = new HashMap<>();
        texts.put("longshore.config-file", file.toString());
        texts.put("longshore.model-repository", folder.resolve("a") + " , " + folder.resolve("b"));
        texts.put("longshore.model-name", "desk_model");
        texts.put("longshore.model-control-mode", "explicit");
        texts.put("longshore.load-model", "simple,minilm");
        texts.put("longshore.repository-poll-secs", "3");
        texts.put("longshore.model-load-thread-count", "2");
        texts.put("longshore.disable-auto-complete-config", "true");
        texts.put("longshore.model-config-name", "edge");
        texts.put("longshore.model-load-retry-count", "3");
        texts.put("longshore.allow-model-upload", "true");
        texts.put("longshore.model-upload-limit", "4096");
        texts.put(
                "longshore.backend-config",
                "onnxruntime,intra_op_threads=2; onnxruntime,note=a=b; default-max-batch-size=4");
        texts.put("longshore.request-memory-limit", "1000000");
        texts.put("longshore.max-queue-size", "16");
        texts.put("longshore.execution-threads", "7");
        texts.put("longshore.allow-client-shm", "true");
        texts.put("longshore.server-name", "desk");
        texts.put("longshore.server-id", "replica-3");
        texts.put("longshore.strict-readiness", "0");
        texts.put("longshore.drain-grace-secs", "5");
        texts.put("longshore.exit-timeout-secs", "60");
        texts.put("longshore.exit-on-error", "TRUE");
        texts.put("longshore.exit-on-invalid-config", "1");
        texts.put("longshore.http.address", "0.0.0.0");
        texts.put("longshore.http.port", "9000");
        texts.put("longshore.http.thread-count", "3");
        texts.put("longshore.http.max-input-size", "1024");
        texts.put("longshore.http.header-forward-pattern", "x-.*");
        texts.put("longshore.grpc.enabled", "false");
        texts.put("longshore.grpc.address", "::1");
        texts.put("longshore.grpc.port", "9001");
        texts.put("longshore.grpc.header-forward-pattern", "(?-i)tenant");
        texts.put("longshore.log-format", "json");
        texts.put("longshore.log-verbose", "2");
        return texts;
    }
}
