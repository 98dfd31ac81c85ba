package io.longshore.inference;

import java.nio.ByteBuffer;

/**
 * The use of a part of a shared memory region by one request. Thread-safe.
 *
 * <p>The client may write to the region, and make its object smaller, at any time. So the bytes are copied, never looked at
 * in place: what was read stays as it was read, and an object that has become too small is a failure and no fault.
 */
public interface RegionLease {
    /** Bytes of the part. */
    long byteSize();

    /**
     * Copies bytes from the part's beginning until the buffer is full.
     *
     * @param target with room for at most {@link #byteSize()} bytes
     * @throws InferenceException INVALID_ARGUMENT if the region has become too small, REGION_UNUSABLE if it cannot be read
     */
    void read(ByteBuffer target);

    /**
     * Copies all of a buffer to the part's beginning.
     *
     * @param source of at most {@link #byteSize()} bytes
     * @throws InferenceException INVALID_ARGUMENT if the region has become too small, REGION_UNUSABLE if it cannot be
     *     written
     */
    void write(ByteBuffer source);

    /** Ends the use. Further calls do nothing. */
    void release();
}
