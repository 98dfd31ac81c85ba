package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.longshore.onnx.OnnxModels;
import io.longshore.protocol.grpc.proto.LogSettingsRequest;
import io.longshore.protocol.grpc.proto.LogSettingsRequest.SettingValue;
import io.longshore.protocol.grpc.proto.LogSettingsResponse;
import io.longshore.system.V2Client.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Triton's logging extension over both wires: what the packaged server prints follows it at once. */
class LoggingIT {
    private static final String DEFAULTS = "{\"log_info\":true,\"log_warning\":true,\"log_error\":true,"
            + "\"log_verbose_level\":0,\"log_format\":\"default\"}";
    private static final String TOLD =
            "{\"log_file\":\"%s\",\"log_info\":%s,\"log_warning\":%s,\"log_error\":%s,\"log_verbose_level\":%d,"
                    + "\"log_format\":\"%s\"}";
    private static final MethodDescriptor<LogSettingsRequest, LogSettingsResponse> LOG_SETTINGS =
            MethodDescriptor.<LogSettingsRequest, LogSettingsResponse>newBuilder(
                            ProtoUtils.marshaller(LogSettingsRequest.getDefaultInstance()),
                            ProtoUtils.marshaller(LogSettingsResponse.getDefaultInstance()))
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("inference.GRPCInferenceService/LogSettings")
                    .build();

    @TempDir
    private static Path folder;

    private static TestRepository repository;
    private static LongshoreServer server;
    private static V2Client client;
    private static ManagedChannel channel;
    private static final AtomicInteger NAMES = new AtomicInteger();

    @BeforeAll
    static void start() throws IOException {
        repository = new TestRepository(Files.createDirectories(folder.resolve("models")))
                .simple("simple")
                .file("broken/1/model.onnx", "no model".getBytes(StandardCharsets.UTF_8));
        server = LongshoreServer.start(
                repository.path(), "--model-control-mode=explicit", "--load-model=simple", "--log-verbose=0");
        client = new V2Client(server);
        channel = channel(server);
    }

    @AfterAll
    static void stop() {
        if (channel != null) {
            channel.shutdownNow();
        }
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void setBack() {
        assertThat(log(DEFAULTS).status()).isEqualTo(200);
    }

    @Test
    void settings_areToldOnBothWires() {
        assertThat(client.get("/v2/logging").body()).isEqualTo(TOLD.formatted("", true, true, true, 0, "default"));
        assertThat(settings(Map.of()).getSettingsOrThrow("log_format").getStringParam())
                .isEqualTo("default");
        assertThat(client.get("/v2").json().get("extensions").toString()).contains("\"logging\"");
    }

    @Test
    void verboseLevel_showsRequestsAtOnceAndHidesThemAgain() {
        infer("quiet-1");
        log("{\"log_verbose_level\":1}");
        infer("loud-1");
        awaitLog("request 'loud-1' to model 'simple' received");
        awaitLog("request 'loud-1' to model 'simple' answered by version 1 after ");

        client.infer("simple", "{\"id\":\"fault-1\",");
        awaitLog("failed to parse the request JSON buffer");

        settings(Map.of("log_verbose_level", number(2)));
        infer("loud-2");
        awaitLog("request 'loud-2' to model 'simple' has inputs INPUT0 INT32 [1,16], INPUT1 INT32 [1,16]");

        settings(Map.of("log_verbose_level", number(0)));
        infer("quiet-2");
        reload("simple");
        assertThat(server.logText())
                .doesNotContain("quiet-1")
                .doesNotContain("quiet-2")
                .doesNotContain("'loud-1' to model 'simple' has inputs");
    }

    @Test
    void info_goesAndComesBack() throws IOException {
        log("{\"log_info\":false}");
        String hidden = loadNew();
        settings(Map.of("log_info", flag(true)));
        String shown = loadNew();

        awaitLog("model '" + shown + "' version 1 is ready");
        assertThat(server.logText()).doesNotContain(hidden);
    }

    @Test
    void warning_goesAndComesBack() throws IOException {
        settings(Map.of("log_warning", flag(false)));
        String hidden = loadNoted();
        log("{\"log_warning\":true}");
        String shown = loadNoted();

        awaitLog("model '" + shown + "': ");
        assertThat(server.logText()).doesNotContain("model '" + hidden + "': ");
    }

    @Test
    void error_goesAndComesBackWhileInfoStays() throws IOException {
        String text = "load failed for model 'broken'";
        log("{\"log_error\":false}");
        assertHidden(text, () -> load("broken"));
        awaitLog("model '" + loadNew() + "' version 1 is ready");
        settings(Map.of("log_error", flag(true)));
        assertShown(text, () -> load("broken"));
    }

    @Test
    void format_changesTheTimeStampsOfLinesToCome() throws IOException {
        String before = loadNew();
        settings(Map.of(
                "log_format",
                SettingValue.newBuilder().setStringParam("ISO8601").build()));
        String iso = loadNew();
        log("{\"log_format\":\"default\"}");
        String after = loadNew();

        String form = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ I \\d+ ModelManager] model '.*";
        assertThat(lineOf(iso)).matches(form);
        assertThat(lineOf(before)).doesNotMatch(form);
        assertThat(lineOf(after)).doesNotMatch(form);
    }

    @Test
    void refusedChange_changesNothing() {
        assertRefused("{\"log_info\":false,\"log_verbose_level\":\"1\"}", 400);
        assertRefused("{\"log_info\":false,\"log_format\":\"iso\"}", 400);
        assertRefused("{\"log_info\":false,\"log_format\":\"json\"}", 501);
        assertRefused("{\"log_info\":false,\"log_file\":\"/tmp/x\"}", 501);
        assertRefused("{\"log_info\":false", 400);
    }

    @Test
    void options_setItUpInAFileAndAccessIsRestricted() throws Exception {
        Path file = folder.resolve("longshore.log");
        try (LongshoreServer filed = LongshoreServer.start(
                repository.path(),
                "--model-control-mode=explicit",
                "--load-model=simple",
                "--load-model=broken",
                "--log-file=" + file,
                "--log-format=ISO8601",
                "--log-error=false",
                "--log-verbose=1",
                "--http-restricted-api=logging:admin=s3cret",
                "--grpc-restricted-protocol=logging:admin=s3cret")) {
            V2Client other = new V2Client(filed);
            Reply refused = other.get("/v2/logging");
            assertThat(refused.status()).isEqualTo(403);
            assertThat(other.post("/v2/logging", "{\"log_info\":false}").status())
                    .isEqualTo(403);
            assertGrpcIsRestricted(filed);

            String lines = Files.readString(file);
            assertThat(lines).contains("version 1 is ready").doesNotContain("load failed");
            assertThat(lines.lines()).allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z [IW] .*"));
            assertThat(filed.logText()).doesNotContain("version 1 is ready").doesNotContain("load failed");
        }
    }

    private static void assertGrpcIsRestricted(LongshoreServer filed) {
        ManagedChannel other = channel(filed);
        try {
            StatusRuntimeException refused = assertThrows(
                    StatusRuntimeException.class,
                    () -> ClientCalls.blockingUnaryCall(
                            other, LOG_SETTINGS, CallOptions.DEFAULT, LogSettingsRequest.getDefaultInstance()));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        } finally {
            other.shutdownNow();
        }
    }

    private static ManagedChannel channel(LongshoreServer of) {
        return NettyChannelBuilder.forAddress("127.0.0.1", of.grpcPort())
                .usePlaintext()
                .build();
    }

    private static void assertRefused(String body, int status) {
        String before = client.get("/v2/logging").body();
        assertThat(log(body).status()).isEqualTo(status);
        assertThat(client.get("/v2/logging").body()).isEqualTo(before);
    }

    /** The lines come in order, so that what is not there before a later line does not come at all. */
    private static void assertHidden(String text, Runnable action) {
        int before = occurrences(text);
        action.run();
        reload("simple");
        assertThat(occurrences(text)).isEqualTo(before);
    }

    private static void assertShown(String text, Runnable action) {
        int before = occurrences(text);
        action.run();
        Awaitility.await().until(() -> occurrences(text) > before);
    }

    private static int occurrences(String text) {
        return server.logText().split(Pattern.quote(text), -1).length - 1;
    }

    /** Unloads and loads a model, and waits for the line that says so. */
    private static Reply reload(String model) {
        String text = "model '" + model + "' version 1 is ready";
        int before = occurrences(text);
        client.post("/v2/repository/models/" + model + "/unload", "");
        Reply reply = load(model);
        Awaitility.await().until(() -> occurrences(text) > before);
        return reply;
    }

    private static Reply load(String model) {
        return client.post("/v2/repository/models/" + model + "/load", "");
    }

    /** Loads a model that no line has named before; its name. */
    private static String loadNew() throws IOException {
        String name = "fresh" + NAMES.incrementAndGet() + "x";
        repository.simple(name);
        assertThat(load(name).status()).isEqualTo(200);
        return name;
    }

    /** Loads a model whose configuration has what is warned of, once for each model; its name. */
    private static String loadNoted() throws IOException {
        String name = "noted" + NAMES.incrementAndGet() + "x";
        repository
                .onnx(name, 1, OnnxModels.simple())
                .config(name, "max_batch_size: 8 optimization { cuda { graphs: true } }");
        assertThat(load(name).status()).isEqualTo(200);
        return name;
    }

    private static String lineOf(String model) {
        String text = "model '" + model + "' version 1 is ready";
        awaitLog(text);
        return server.logText()
                .lines()
                .filter(line -> line.contains(text))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitLog(String text) {
        Awaitility.await().untilAsserted(() -> assertThat(server.logText()).contains(text));
    }

    private static void infer(String id) {
        String request = V2Client.simpleRequest(1);
        Reply reply = client.infer("simple", "{\"id\":\"" + id + "\"," + request.substring(request.indexOf('{') + 1));
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    private static Reply log(String body) {
        return client.post("/v2/logging", body);
    }

    private static LogSettingsResponse settings(Map<String, SettingValue> asked) {
        LogSettingsRequest request =
                LogSettingsRequest.newBuilder().putAllSettings(asked).build();
        return ClientCalls.blockingUnaryCall(channel, LOG_SETTINGS, CallOptions.DEFAULT, request);
    }

    private static SettingValue flag(boolean value) {
        return SettingValue.newBuilder().setBoolParam(value).build();
    }

    private static SettingValue number(int value) {
        return SettingValue.newBuilder().setUint32Param(value).build();
    }
}
