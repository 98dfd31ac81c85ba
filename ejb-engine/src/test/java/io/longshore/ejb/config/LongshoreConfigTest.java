package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.TestIdentity;
import io.longshore.ejb.config.LongshoreConfig.ControlMode;
import io.longshore.ejb.config.LongshoreConfig.RateLimitMode;
import io.longshore.inference.AccessRules;
import io.longshore.inference.ApiCategory;
import io.longshore.inference.GrpcTransport;
import io.longshore.inference.LogFormat;
import io.longshore.inference.LogSettings;
import io.longshore.inference.RequiredHeader;
import io.longshore.model.ResourceLimit;
import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
                        CacheConfig.NONE,
                        new LongshoreConfig.Instances(Duration.ofMinutes(1), RateLimitMode.OFF, List.of()),
                        new LongshoreConfig.Server("triton", "", true),
                        new LongshoreConfig.Shutdown(Duration.ZERO, Duration.ofSeconds(30), false, false),
                        new LongshoreConfig.Http(true, "127.0.0.1", 8000, 16, 67_108_864, "", AccessRules.NONE),
                        new LongshoreConfig.Grpc(true, "127.0.0.1", 8001, "", GrpcTransport.DEFAULT, AccessRules.NONE),
                        new LongshoreConfig.Metrics(
                                true, "127.0.0.1", 8002, Duration.ofSeconds(2), true, true, MetricsConfig.DEFAULT),
                        TraceSettings.OFF,
                        LogSettings.DEFAULT));
    }

    @Test
    void everyKeySet_everyValueArrives() throws Exception {
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
                        new CacheConfig(1_000_000),
                        new LongshoreConfig.Instances(
                                Duration.ofSeconds(90),
                                RateLimitMode.EXECUTION_COUNT,
                                List.of(
                                        new ResourceLimit("R1", 10, OptionalInt.empty()),
                                        new ResourceLimit("R2", 5, OptionalInt.of(0)))),
                        new LongshoreConfig.Server("desk", "replica-3", false),
                        new LongshoreConfig.Shutdown(Duration.ofSeconds(5), Duration.ofSeconds(60), true, true),
                        new LongshoreConfig.Http(false, "0.0.0.0", 9000, 3, 1024, "x-.*", access("desk")),
                        new LongshoreConfig.Grpc(
                                false, "::1", 9001, "(?-i)tenant", transport(), access("triton-grpc-protocol-desk")),
                        new LongshoreConfig.Metrics(
                                false,
                                "::2",
                                9002,
                                Duration.ofMillis(500),
                                false,
                                false,
                                new MetricsConfig(false, true, true)),
                        new TraceSettings(
                                Set.of(TraceLevel.TIMESTAMPS, TraceLevel.TENSORS),
                                10,
                                7,
                                3,
                                "/t/a=b.json",
                                TraceMode.TRITON),
                        new LogSettings(
                                folder.resolve("longshore.log").toString(), false, false, false, 2, LogFormat.JSON)));
    }

    private static AccessRules access(String header) {
        return new AccessRules(Map.of(ApiCategory.LOGGING, new RequiredHeader(header, "s=:e")));
    }

    private GrpcTransport transport() {
        return new GrpcTransport(
                Optional.of(new GrpcTransport.Tls(
                        folder.resolve("cert.pem"),
                        folder.resolve("key.pem"),
                        Optional.of(folder.resolve("roots.pem")))),
                new GrpcTransport.Keepalive(Duration.ofMillis(10), Duration.ofMillis(11), true, Duration.ofMillis(12)),
                new GrpcTransport.Age(Optional.of(Duration.ofMillis(13)), Optional.of(Duration.ofMillis(14))),
                GrpcTransport.Compression.HIGH);
    }

    @Test
    void addressesOfOtherEndpoints_areThatOfHttpUnlessSet() {
        LongshoreConfig config =
                MapValues.reader(Map.of("longshore.http.address", "0.0.0.0")).read();

        assertThat(config.grpc().address()).isEqualTo("0.0.0.0");
        assertThat(config.metrics().address()).isEqualTo("0.0.0.0");
    }

    private Map<String, String> everyKey() throws Exception {
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
        texts.put("longshore.cache.config", "local,size=1000000");
        texts.put("longshore.stuck-after-seconds", "90");
        texts.put("longshore.rate-limit", "execution_count");
        texts.put("longshore.rate-limit-resource", "R1:10, R2:5:0");
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
        texts.put("longshore.http.enabled", "false");
        texts.put("longshore.http.header-forward-pattern", "x-.*");
        texts.put("longshore.http.restricted-api", "logging:desk=s=:e");
        texts.put("longshore.grpc.restricted-protocol", "logging:desk=s=:e");
        texts.put("longshore.grpc.enabled", "false");
        texts.put("longshore.grpc.address", "::1");
        texts.put("longshore.grpc.port", "9001");
        texts.put("longshore.grpc.header-forward-pattern", "(?-i)tenant");
        texts.putAll(transportKeys());
        texts.put("longshore.metrics.enabled", "false");
        texts.put("longshore.metrics.address", "::2");
        texts.put("longshore.metrics.port", "9002");
        texts.put("longshore.metrics.interval-ms", "500");
        texts.put("longshore.metrics.cpu", "false");
        texts.put("longshore.metrics.gpu", "false");
        texts.put(
                "longshore.metrics.config",
                "counter_latencies=false; histogram_latencies=true;summary_latencies=true;"
                        + "summary_quantiles=0.5:0.05,0.9:0.01");
        texts.put(
                "longshore.trace.config",
                "level=TIMESTAMPS; level=tensors;rate=10;count=7;mode=Triton;triton,file=/t/a=b.json;triton,log-frequency=3;"
                        + "opentelemetry,url=http://collector:4318/v1/traces");
        texts.put("longshore.log-format", "json");
        texts.put("longshore.log-verbose", "2");
        texts.put("longshore.log-info", "false");
        texts.put("longshore.log-warning", "0");
        texts.put("longshore.log-error", "false");
        texts.put("longshore.log-file", folder.resolve("longshore.log").toString());
        return texts;
    }

    private Map<String, String> transportKeys() throws Exception {
        TestIdentity identity = TestIdentity.make(folder, "EC", "desk");
        Map<String, String> texts = new HashMap<>();
        texts.put("longshore.grpc.use-ssl", "true");
        texts.put("longshore.grpc.use-ssl-mutual", "1");
        texts.put(
                "longshore.grpc.server-cert",
                identity.writeCertificate(folder.resolve("cert.pem")).toString());
        texts.put(
                "longshore.grpc.server-key",
                identity.writeKey(folder.resolve("key.pem")).toString());
        texts.put(
                "longshore.grpc.root-cert",
                identity.writeCertificate(folder.resolve("roots.pem")).toString());
        texts.put("longshore.grpc.keepalive-time", "10");
        texts.put("longshore.grpc.keepalive-timeout", "11");
        texts.put("longshore.grpc.keepalive-permit-without-calls", "true");
        texts.put("longshore.grpc.http2-min-recv-ping-interval-without-data", "12");
        texts.put("longshore.grpc.max-connection-age", "13");
        texts.put("longshore.grpc.max-connection-age-grace", "14");
        texts.put("longshore.grpc.infer-response-compression-level", "high");
        return texts;
    }
}
