package io.longshore.spi;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Opens memory of a device that another process shares by a handle; the device's module has one. Thread-safe. */
@FunctionalInterface
public interface DeviceHandles {
    /** For a server without such devices. */
    DeviceHandles NONE = (handle, deviceId) -> {
        throw new InferenceException(
                ErrorCode.UNSUPPORTED,
                "CUDA shared memory is not supported: this server has no GPU module. Use system shared memory, or send"
                        + " the data in the request");
    };

    /**
     * Opens the memory.
     *
     * @param handle what the other process got from its driver, such as a {@code cudaIpcMemHandle_t}
     * @param deviceId the device that the memory is on
     * @throws IOException if the handle cannot be opened
     * @throws InferenceException UNSUPPORTED if there is no such device
     */
    SharedBlock open(ByteBuffer handle, long deviceId) throws IOException;
}
