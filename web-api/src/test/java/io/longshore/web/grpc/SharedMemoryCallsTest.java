package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryRegisterRequest;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryRegisterResponse;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryStatusRequest;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryStatusResponse;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryUnregisterRequest;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryUnregisterResponse;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryRegisterRequest;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryRegisterResponse;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryStatusRequest;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryStatusResponse;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryUnregisterRequest;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryUnregisterResponse;
import io.longshore.region.SharedFolder;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryCallsTest {
    @TempDir
    private Path folder;

    private SharedFolder shared;
    private GrpcWire wire;

    @BeforeEach
    void start() throws IOException {
        shared = new SharedFolder(folder).object("o", new byte[8]);
        wire = new GrpcWire(
                (request, sink) -> () -> {},
                new FewModels(),
                new RecordingControl(),
                shared.registry,
                MemoryAllocator.HEAP);
    }

    @AfterEach
    void stop() {
        wire.close();
        shared.registry.close();
    }

    @Test
    void registeredRegions_areListedAndForgotten() {
        call(
                "SystemSharedMemoryRegister",
                register("a", "/o", 0, 8),
                SystemSharedMemoryRegisterResponse.getDefaultInstance());
        call(
                "SystemSharedMemoryRegister",
                register("b", "o", 2, 3),
                SystemSharedMemoryRegisterResponse.getDefaultInstance());

        SystemSharedMemoryStatusResponse all = status("");
        assertThat(all.getRegionsMap()).containsOnlyKeys("a", "b");
        assertThat(all.getRegionsOrThrow("b"))
                .isEqualTo(SystemSharedMemoryStatusResponse.RegionStatus.newBuilder()
                        .setName("b")
                        .setKey("o")
                        .setOffset(2)
                        .setByteSize(3)
                        .build());
        assertThat(status("a").getRegionsMap()).containsOnlyKeys("a");

        unregister("a");
        unregister("unknown");
        assertThat(status("").getRegionsMap()).containsOnlyKeys("b");
        unregister("");
        assertThat(status("").getRegionsMap()).isEmpty();
    }

    @Test
    void faults_haveTritonsStatusAndText() {
        assertFails(() -> status("x"), Status.Code.NOT_FOUND, "Unable to find system shared memory region: 'x'");
        assertRegisterFails(
                register("r", "/missing", 0, 1),
                Status.Code.INTERNAL,
                "Unable to open shared memory region: '/missing'");
        assertRegisterFails(
                register("r", "/o", 0, 9),
                Status.Code.INVALID_ARGUMENT,
                "failed to register shared memory region 'r': invalid args");
        assertRegisterFails(
                register("r", "/o", -1, 2),
                Status.Code.INVALID_ARGUMENT,
                "failed to register shared memory region 'r': invalid args");
        assertRegisterFails(
                register("", "/o", 0, 1),
                Status.Code.INVALID_ARGUMENT,
                "'region name' is necessary to register system shared memory region");
        shared.region("r", (byte) 1);
        assertRegisterFails(
                register("r", "/o", 0, 1), Status.Code.ALREADY_EXISTS, "shared memory region 'r' already in manager");
        assertFails(
                () -> cudaStatus("r"),
                Status.Code.NOT_FOUND,
                "The region named 'r' is registered as system shared memory, not CUDA shared memory");
    }

    @Test
    void cudaRegions_areRefusedForWantOfAGpu() {
        CudaSharedMemoryRegisterRequest asked = CudaSharedMemoryRegisterRequest.newBuilder()
                .setName("c")
                .setRawHandle(ByteString.copyFrom(new byte[64]))
                .setByteSize(8)
                .build();
        CudaSharedMemoryRegisterResponse done = CudaSharedMemoryRegisterResponse.getDefaultInstance();
        assertFails(
                () -> call(
                        "CudaSharedMemoryRegister",
                        asked.toBuilder()
                                .setRawHandle(ByteString.copyFrom(new byte[63]))
                                .build(),
                        done),
                Status.Code.INVALID_ARGUMENT,
                "'raw_handle' must be a valid base64 encoded cudaIpcMemHandle_t");
        assertFails(
                () -> call("CudaSharedMemoryRegister", asked, done),
                Status.Code.UNIMPLEMENTED,
                "CUDA shared memory is not supported: this server has no GPU module. Use system shared memory, or send the"
                        + " data in the request");
        call(
                "CudaSharedMemoryUnregister",
                CudaSharedMemoryUnregisterRequest.newBuilder().setName("c").build(),
                CudaSharedMemoryUnregisterResponse.getDefaultInstance());
        assertThat(cudaStatus("").getRegionsMap()).isEmpty();
        assertFails(() -> cudaStatus("c"), Status.Code.NOT_FOUND, "Unable to find cuda shared memory region: 'c'");
    }

    @Test
    void serverThatForbidsIt_tellsHowToAllowIt() throws IOException {
        try (GrpcWire closed = new GrpcWire((request, sink) -> () -> {}, new FewModels(), MemoryAllocator.HEAP)) {
            wire.close();
            wire = closed;
            String text =
                    "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.";
            assertRegisterFails(register("r", "/o", 0, 1), Status.Code.UNIMPLEMENTED, text);
            assertFails(() -> unregister(""), Status.Code.UNIMPLEMENTED, text);
            assertFails(
                    () -> call(
                            "CudaSharedMemoryRegister",
                            CudaSharedMemoryRegisterRequest.getDefaultInstance(),
                            CudaSharedMemoryRegisterResponse.getDefaultInstance()),
                    Status.Code.UNIMPLEMENTED,
                    text);
            assertThat(status("").getRegionsMap()).isEmpty();
        }
    }

    private <Q extends Message, A extends Message> A call(String method, Q request, A answer) {
        return wire.call(GrpcWire.method(method, defaultOf(request), answer), request);
    }

    @SuppressWarnings("unchecked")
    private static <Q extends Message> Q defaultOf(Q request) {
        return (Q) request.getDefaultInstanceForType();
    }

    private SystemSharedMemoryStatusResponse status(String name) {
        return call(
                "SystemSharedMemoryStatus",
                SystemSharedMemoryStatusRequest.newBuilder().setName(name).build(),
                SystemSharedMemoryStatusResponse.getDefaultInstance());
    }

    private CudaSharedMemoryStatusResponse cudaStatus(String name) {
        return call(
                "CudaSharedMemoryStatus",
                CudaSharedMemoryStatusRequest.newBuilder().setName(name).build(),
                CudaSharedMemoryStatusResponse.getDefaultInstance());
    }

    private void unregister(String name) {
        call(
                "SystemSharedMemoryUnregister",
                SystemSharedMemoryUnregisterRequest.newBuilder().setName(name).build(),
                SystemSharedMemoryUnregisterResponse.getDefaultInstance());
    }

    private static SystemSharedMemoryRegisterRequest register(String name, String key, long offset, long byteSize) {
        return SystemSharedMemoryRegisterRequest.newBuilder()
                .setName(name)
                .setKey(key)
                .setOffset(offset)
                .setByteSize(byteSize)
                .build();
    }

    private void assertRegisterFails(SystemSharedMemoryRegisterRequest asked, Status.Code code, String text) {
        assertFails(
                () -> call(
                        "SystemSharedMemoryRegister", asked, SystemSharedMemoryRegisterResponse.getDefaultInstance()),
                code,
                text);
    }

    private static void assertFails(Runnable call, Status.Code code, String text) {
        Status status = assertThrows(StatusRuntimeException.class, call::run).getStatus();
        assertThat(status.getCode()).isEqualTo(code);
        assertThat(status.getDescription()).isEqualTo(text);
    }
}
