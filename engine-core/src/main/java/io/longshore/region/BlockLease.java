package io.longshore.region;

import io.longshore.inference.RegionLease;
import io.longshore.spi.SharedBlock;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** The use of a part of a block. */
final class BlockLease implements RegionLease {
    private final String region;
    private final SharedBlock block;
    private final long position;
    private final long byteSize;
    private final Runnable onRelease;
    private final AtomicBoolean released = new AtomicBoolean();

    /**
     * A use.
     *
     * @param region the region's name, for messages
     * @param position where in the block the part begins
     * @param byteSize bytes of the part
     * @param onRelease run once
     */
    BlockLease(String region, SharedBlock block, long position, long byteSize, Runnable onRelease) {
        this.region = region;
        this.block = block;
        this.position = position;
        this.byteSize = byteSize;
        this.onRelease = onRelease;
    }

    @Override
    public long byteSize() {
        return byteSize;
    }

    @Override
    public void read(ByteBuffer target) {
        checkFits(target);
        try {
            block.read(position, target);
        } catch (EOFException e) {
            throw RegionErrors.shrunk(region, e);
        } catch (IOException e) {
            throw RegionErrors.unusable(region, "read", e);
        }
    }

    @Override
    public void write(ByteBuffer source) {
        checkFits(source);
        try {
            block.write(position, source);
        } catch (EOFException e) {
            throw RegionErrors.shrunk(region, e);
        } catch (IOException e) {
            throw RegionErrors.unusable(region, "written", e);
        }
    }

    private void checkFits(ByteBuffer bytes) {
        if (bytes.remaining() > byteSize) {
            throw new IllegalArgumentException(
                    bytes.remaining() + " bytes do not fit into a part of " + byteSize + " bytes");
        }
        if (released.get()) {
            throw new IllegalStateException("the use of shared memory region '" + region + "' has ended");
        }
    }

    @Override
    public void release() {
        if (released.compareAndSet(false, true)) {
            onRelease.run();
        }
    }
}
