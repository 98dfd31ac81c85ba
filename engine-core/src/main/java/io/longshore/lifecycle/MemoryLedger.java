package io.longshore.lifecycle;

import io.longshore.model.Device;
import java.util.HashMap;
import java.util.Map;

/**
 * Bytes that loaded models hold on each device: reserved before a load, released after the close. Thread-safe.
 */
public final class MemoryLedger {
    private final Map<Device, Long> reserved = new HashMap<>();

    /**
     * Books {@code bytes} on a device.
     *
     * @throws IllegalArgumentException if {@code bytes} is negative
     * @throws ArithmeticException if all bookings together exceed {@link Long#MAX_VALUE}
     */
    public synchronized void reserve(Device device, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cannot reserve " + bytes + " bytes");
        }
        reserved.merge(device, bytes, Math::addExact);
    }

    /**
     * Takes a booking back.
     *
     * @throws IllegalStateException if more would be released than is reserved
     */
    public synchronized void release(Device device, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cannot release " + bytes + " bytes");
        }
        long left = reserved(device) - bytes;
        if (left < 0) {
            throw new IllegalStateException(
                    "released " + bytes + " bytes on " + device + " where " + reserved(device) + " are reserved");
        }
        reserved.put(device, left);
    }

    /** Bytes booked on a device. */
    public synchronized long reserved(Device device) {
        return reserved.getOrDefault(device, 0L);
    }
}
