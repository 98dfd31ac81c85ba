package io.longshore.web.grpc;

import io.longshore.inference.SharedMemory;
import io.longshore.inference.SharedRegion;
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
import io.longshore.protocol.rest.SharedMemoryRequests;
import java.nio.ByteBuffer;

/** Registering, listing and unregistering shared memory, as messages. Failures are InferenceExceptions. Thread-safe. */
final class SharedMemoryCalls {
    private final SharedMemory shared;

    SharedMemoryCalls(SharedMemory shared) {
        this.shared = shared;
    }

    SystemSharedMemoryRegisterResponse register(SystemSharedMemoryRegisterRequest request) {
        shared.register(new SharedRegion.Posix(
                request.getName(), request.getKey(), request.getOffset(), request.getByteSize()));
        return SystemSharedMemoryRegisterResponse.getDefaultInstance();
    }

    SystemSharedMemoryStatusResponse status(SystemSharedMemoryStatusRequest request) {
        SystemSharedMemoryStatusResponse.Builder answer = SystemSharedMemoryStatusResponse.newBuilder();
        for (SharedRegion.Posix region : shared.status(SharedRegion.Posix.class, request.getName())) {
            answer.putRegions(
                    region.name(),
                    SystemSharedMemoryStatusResponse.RegionStatus.newBuilder()
                            .setName(region.name())
                            .setKey(region.key())
                            .setOffset(region.offset())
                            .setByteSize(region.byteSize())
                            .build());
        }
        return answer.build();
    }

    SystemSharedMemoryUnregisterResponse unregister(SystemSharedMemoryUnregisterRequest request) {
        shared.unregister(SharedRegion.Posix.class, request.getName());
        return SystemSharedMemoryUnregisterResponse.getDefaultInstance();
    }

    CudaSharedMemoryRegisterResponse register(CudaSharedMemoryRegisterRequest request) {
        shared.checkAllowed();
        ByteBuffer handle =
                SharedMemoryRequests.checkHandle(request.getRawHandle().asReadOnlyByteBuffer());
        shared.register(new SharedRegion.Cuda(request.getName(), request.getDeviceId(), request.getByteSize()), handle);
        return CudaSharedMemoryRegisterResponse.getDefaultInstance();
    }

    CudaSharedMemoryStatusResponse status(CudaSharedMemoryStatusRequest request) {
        CudaSharedMemoryStatusResponse.Builder answer = CudaSharedMemoryStatusResponse.newBuilder();
        for (SharedRegion.Cuda region : shared.status(SharedRegion.Cuda.class, request.getName())) {
            answer.putRegions(
                    region.name(),
                    CudaSharedMemoryStatusResponse.RegionStatus.newBuilder()
                            .setName(region.name())
                            .setDeviceId(region.deviceId())
                            .setByteSize(region.byteSize())
                            .build());
        }
        return answer.build();
    }

    CudaSharedMemoryUnregisterResponse unregister(CudaSharedMemoryUnregisterRequest request) {
        shared.unregister(SharedRegion.Cuda.class, request.getName());
        return CudaSharedMemoryUnregisterResponse.getDefaultInstance();
    }
}
