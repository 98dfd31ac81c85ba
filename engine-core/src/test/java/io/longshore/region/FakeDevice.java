package io.longshore.region;

import io.longshore.spi.DeviceHandles;
import io.longshore.spi.SharedBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A device whose every handle opens a block of eight bytes, and which counts those that are open. Thread-safe. */
final class FakeDevice implements DeviceHandles {
    static final int BLOCK_BYTES = 8;

    final AtomicInteger open = new AtomicInteger();

    @Override
    public SharedBlock open(ByteBuffer handle, long deviceId) throws IOException {
        if (deviceId != 0) {
            throw new IOException("no device " + deviceId);
        }
        open.incrementAndGet();
        return new Block();
    }

    /** Fails a test that uses it after its end, or ends it twice. */
    private final class Block implements SharedBlock {
        private final AtomicInteger closes = new AtomicInteger();

        @Override
        public long byteSize() {
            return BLOCK_BYTES;
        }

        @Override
        public void read(long position, ByteBuffer target) {
            checkOpen();
            while (target.hasRemaining()) {
                target.put((byte) 1);
            }
        }

        @Override
        public void write(long position, ByteBuffer source) {
            checkOpen();
            source.position(source.limit());
        }

        private void checkOpen() {
            if (closes.get() > 0) {
                throw new AssertionError("used after it was closed");
            }
        }

        @Override
        public void close() {
            if (closes.getAndIncrement() > 0) {
                throw new AssertionError("closed twice");
            }
            open.decrementAndGet();
        }
    }
}
