package io.longshore.inference;

/** A region of memory that a client shares with the server, by the name that requests use (V2 shared memory extensions). */
public sealed interface SharedRegion {
    /** The name. */
    String name();

    /** Bytes of the region, unsigned. */
    long byteSize();

    /**
     * A part of a POSIX shared memory object.
     *
     * @param name the region's name
     * @param key the object's name, as {@code shm_open} takes it
     * @param offset where in the object the region begins, unsigned
     * @param byteSize bytes of the region, unsigned
     */
    record Posix(String name, String key, long offset, long byteSize) implements SharedRegion {}

    /**
     * Memory of a CUDA device.
     *
     * @param name the region's name
     * @param deviceId the device
     * @param byteSize bytes of the region, unsigned
     */
    record Cuda(String name, long deviceId, long byteSize) implements SharedRegion {
        /** Bytes of a {@code cudaIpcMemHandle_t}, by which a client shares such memory. */
        public static final int HANDLE_BYTES = 64;
    }
}
