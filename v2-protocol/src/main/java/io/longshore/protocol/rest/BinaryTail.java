package io.longshore.protocol.rest;

import io.longshore.tensor.HostMemory;
import org.jspecify.annotations.Nullable;

/** The binary tensors behind the JSON of a body, cut off one after the other. Not thread-safe. */
final class BinaryTail {
    private final @Nullable HostMemory body;
    private final String model;
    private long position;

    /**
     * A tail.
     *
     * @param body the whole body; null where it is JSON alone
     * @param position where the tail starts
     * @param model the model's name, for messages
     */
    BinaryTail(@Nullable HostMemory body, long position, String model) {
        this.body = body;
        this.position = position;
        this.model = model;
    }

    /** The next bytes, as a reference of its own; {@code byteSize} is unsigned. */
    HostMemory next(String input, long byteSize) {
        if (byteSize == 0) {
            return HostMemory.empty();
        }
        long left = body == null ? 0 : body.byteSize() - position;
        if (body == null || Long.compareUnsigned(byteSize, left) > 0) {
            throw V2Errors.tooFewBytes(input, Long.toUnsignedString(byteSize - left), model);
        }
        HostMemory slice = body.slice(position, byteSize);
        position += byteSize;
        return slice;
    }

    /** Checks that no bytes are left. */
    void checkUsedUp() {
        if (body != null && position != body.byteSize()) {
            throw V2Errors.tooManyBytes(model);
        }
    }
}
