package io.longshore.tensor;

import java.util.Objects;

/**
 * Memory that belongs to a client and that this process only wrote into (V2 shared memory extensions): a tensor in it has a
 * name, a type, a shape and a size, and no bytes to be seen. Its references count nothing, because there is nothing to free.
 */
public final class RegionMemory implements TensorMemory {
    private final long byteSize;

    RegionMemory(long byteSize) {
        this.byteSize = byteSize;
    }

    @Override
    public long byteSize() {
        return byteSize;
    }

    @Override
    public RegionMemory slice(long offset, long partSize) {
        Objects.checkFromIndexSize(offset, partSize, byteSize);
        return new RegionMemory(partSize);
    }

    @Override
    public RegionMemory retain() {
        return this;
    }

    @Override
    public void release() {}

    @Override
    public String toString() {
        return "RegionMemory[" + byteSize + " bytes]";
    }
}
