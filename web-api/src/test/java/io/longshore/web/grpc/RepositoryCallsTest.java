package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.longshore.protocol.grpc.proto.ModelRepositoryParameter;
import io.longshore.protocol.grpc.proto.RepositoryIndexRequest;
import io.longshore.protocol.grpc.proto.RepositoryIndexResponse;
import io.longshore.protocol.grpc.proto.RepositoryIndexResponse.ModelIndex;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadRequest;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadResponse;
import io.longshore.protocol.grpc.proto.RepositoryModelUnloadRequest;
import io.longshore.protocol.grpc.proto.RepositoryModelUnloadResponse;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepositoryCallsTest {
    private final RecordingControl control = new RecordingControl();
    private GrpcWire wire;

    @BeforeEach
    void start() throws IOException {
        wire = new GrpcWire((request, sink) -> () -> {}, new FewModels(), control, MemoryAllocator.HEAP);
    }

    @AfterEach
    void stop() {
        wire.close();
    }

    @Test
    void index_listsEveryVersionWithStateAndReason() {
        RepositoryIndexResponse index = index(RepositoryIndexRequest.getDefaultInstance());

        assertThat(index.getModelsList())
                .containsExactly(
                        model("broken", "1", "UNAVAILABLE", "no weights"),
                        model("cold", "", "", ""),
                        model("m", "3", "READY", ""));
    }

    @Test
    void indexOfReadyModels_leavesOutTheOthers() {
        assertThat(index(RepositoryIndexRequest.newBuilder().setReady(true).build())
                        .getModelsList())
                .containsExactly(model("m", "3", "READY", ""));
    }

    @Test
    void namedRepository_isNotSupported() {
        Status status = assertThrows(
                        StatusRuntimeException.class,
                        () -> index(RepositoryIndexRequest.newBuilder()
                                .setRepositoryName("r")
                                .build()))
                .getStatus();

        assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(status.getDescription()).isEqualTo("'repository_name' specification is not supported");
    }

    @Test
    void load_takesTritonsAndKServesMessages() {
        RepositoryModelLoadResponse triton =
                load(RepositoryModelLoadRequest.newBuilder().setModelName("m").build());
        // KServe's field 1, the model's name, is where Triton has the repository's.
        RepositoryModelLoadResponse kserve = load(
                RepositoryModelLoadRequest.newBuilder().setRepositoryName("n").build());

        assertThat(control.calls).containsExactly("load m", "load n");
        assertThat(triton.getModelName()).isEqualTo("m");
        assertThat(kserve.getModelName()).isEqualTo("n");
        assertThat(kserve.getIsLoaded()).isTrue();
    }

    @Test
    void unload_takesKServesMessage() {
        RepositoryModelUnloadResponse answer = unload(
                RepositoryModelUnloadRequest.newBuilder().setRepositoryName("n").build());

        assertThat(control.calls).containsExactly("unload n");
        assertThat(answer.getModelName()).isEqualTo("n");
    }

    @Test
    void loadThatFails_tellsCodeAndReason() {
        Status status = failure(
                RepositoryModelLoadRequest.newBuilder().setModelName("broken").build());

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).isEqualTo("load failed for model 'broken': no weights");
    }

    @Test
    void loadParameterOfTheWrongKind_isNamed() {
        Status status = failure(RepositoryModelLoadRequest.newBuilder()
                .setModelName("m")
                .putParameters(
                        "config",
                        ModelRepositoryParameter.newBuilder()
                                .setBytesParam(ByteString.EMPTY)
                                .build())
                .build());

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription())
                .isEqualTo("invalid value type for load parameter 'config', expected string_param.");
        assertThat(control.calls).isEmpty();
    }

    @Test
    void loadWithConfigurationAndFiles_reachesTheEngine() {
        load(RepositoryModelLoadRequest.newBuilder()
                .setModelName("m")
                .putParameters("config", text("{}"))
                .putParameters(
                        "file:1/a",
                        ModelRepositoryParameter.newBuilder()
                                .setBytesParam(ByteString.copyFromUtf8("abc"))
                                .build())
                .build());

        assertThat(control.calls).containsExactly("file 1/a = abc", "upload closed", "load m with {}");
    }

    @Test
    void loadOfANamedRepository_isNotSupportedAndTheUploadThrownAway() {
        Status status = failure(RepositoryModelLoadRequest.newBuilder()
                .setModelName("m")
                .setRepositoryName("r")
                .putParameters(
                        "file:1/a",
                        ModelRepositoryParameter.newBuilder()
                                .setBytesParam(ByteString.EMPTY)
                                .build())
                .build());

        assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(control.calls).containsExactly("file 1/a = ", "upload closed");
    }

    @Test
    void unloadWithDependents_reachesTheEngine() {
        unload(RepositoryModelUnloadRequest.newBuilder()
                .setModelName("m")
                .putParameters(
                        "unload_dependents",
                        ModelRepositoryParameter.newBuilder().setBoolParam(true).build())
                .build());

        assertThat(control.calls).containsExactly("unload m with dependents");
    }

    private static ModelRepositoryParameter text(String value) {
        return ModelRepositoryParameter.newBuilder().setStringParam(value).build();
    }

    @Test
    void unloadParameterOfTheWrongKind_isNamed() {
        RepositoryModelUnloadRequest request = RepositoryModelUnloadRequest.newBuilder()
                .setModelName("m")
                .putParameters(
                        "unload_dependents",
                        ModelRepositoryParameter.newBuilder()
                                .setStringParam("yes")
                                .build())
                .build();

        Status status = assertThrows(StatusRuntimeException.class, () -> unload(request))
                .getStatus();

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(control.calls).isEmpty();
    }

    private RepositoryIndexResponse index(RepositoryIndexRequest request) {
        return wire.call(
                GrpcWire.method(
                        "RepositoryIndex",
                        RepositoryIndexRequest.getDefaultInstance(),
                        RepositoryIndexResponse.getDefaultInstance()),
                request);
    }

    private RepositoryModelLoadResponse load(RepositoryModelLoadRequest request) {
        return wire.call(
                GrpcWire.method(
                        "RepositoryModelLoad",
                        RepositoryModelLoadRequest.getDefaultInstance(),
                        RepositoryModelLoadResponse.getDefaultInstance()),
                request);
    }

    private RepositoryModelUnloadResponse unload(RepositoryModelUnloadRequest request) {
        return wire.call(
                GrpcWire.method(
                        "RepositoryModelUnload",
                        RepositoryModelUnloadRequest.getDefaultInstance(),
                        RepositoryModelUnloadResponse.getDefaultInstance()),
                request);
    }

    private Status failure(RepositoryModelLoadRequest request) {
        return assertThrows(StatusRuntimeException.class, () -> load(request)).getStatus();
    }

    private static ModelIndex model(String name, String version, String state, String reason) {
        return ModelIndex.newBuilder()
                .setName(name)
                .setVersion(version)
                .setState(state)
                .setReason(reason)
                .build();
    }
}
