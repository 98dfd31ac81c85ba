package io.longshore.protocol;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.RegionLease;
import io.longshore.inference.RegionSource;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A region of 64 zeros under every name but the empty one; it counts its uses. */
public final class LentRegions implements RegionSource {
    private static final int BYTES = 64;

    private final AtomicInteger inUse = new AtomicInteger();

    /** Uses that have not ended. */
    public int inUse() {
        return inUse.get();
    }

    @Override
    public RegionLease lease(String region, long offset, long byteSize) {
        if (region.isEmpty()) {
            return RegionSource.NONE.lease(region, offset, byteSize);
        }
        if (offset < 0 || offset > BYTES || byteSize < 0 || byteSize > BYTES - offset) {
            throw new InferenceException(ErrorCode.INVALID_ARGUMENT, "beyond the region");
        }
        inUse.incrementAndGet();
        return new Zeros(byteSize);
    }

    private final class Zeros implements RegionLease {
        private final long byteSize;

        Zeros(long byteSize) {
            this.byteSize = byteSize;
        }

        @Override
        public long byteSize() {
            return byteSize;
        }

        @Override
        public void read(ByteBuffer target) {
            while (target.hasRemaining()) {
                target.put((byte) 0);
            }
        }

        @Override
        public void write(ByteBuffer source) {
            throw new UnsupportedOperationException("decoders write nothing");
        }

        @Override
        public void release() {
            inUse.decrementAndGet();
        }
    }
}
