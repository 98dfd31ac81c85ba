package io.longshore.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Memory of this process, on the Java heap or outside it; at most 2 GiB - 1 bytes in one piece. */
public final class HostMemory implements TensorMemory {
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(0);

    private final ByteBuffer bytes;
    private final Lifetime lifetime;

    private HostMemory(ByteBuffer bytes, Lifetime lifetime) {
        this.bytes = bytes;
        this.lifetime = lifetime;
    }

    /**
     * Memory over the bytes between the buffer's position and limit, with one reference.
     *
     * @param onFree run once, by the thread that releases last
     */
    public static HostMemory of(ByteBuffer bytes, Runnable onFree) {
        return new HostMemory(bytes.slice().order(ByteOrder.LITTLE_ENDIAN), new Lifetime(onFree));
    }

    /** Memory over the bytes between the buffer's position and limit, which the collector frees. */
    public static HostMemory wrap(ByteBuffer bytes) {
        return of(bytes, () -> {});
    }

    /** Heap memory over a whole array, which is not copied. */
    public static HostMemory wrap(byte[] bytes) {
        return wrap(ByteBuffer.wrap(bytes));
    }

    /** Memory of no bytes with one reference, counted like any other. */
    public static HostMemory empty() {
        return wrap(NO_BYTES);
    }

    /**
     * A view of all bytes, little-endian, with position 0 and a position and limit of its own. It must not be used after
     * the release.
     *
     * @throws IllegalStateException if this memory was released already
     */
    public ByteBuffer buffer() {
        lifetime.checkAlive();
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether a native runtime can read these bytes in place. */
    public boolean isDirect() {
        return bytes.isDirect();
    }

    @Override
    public long byteSize() {
        return bytes.capacity();
    }

    @Override
    public HostMemory slice(long offset, long byteSize) {
        Objects.checkFromIndexSize(offset, byteSize, byteSize());
        lifetime.retain();
        ByteBuffer part = bytes.slice((int) offset, (int) byteSize).order(ByteOrder.LITTLE_ENDIAN);
        return new HostMemory(part, lifetime);
    }

    @Override
    public HostMemory retain() {
        lifetime.retain();
        return this;
    }

    @Override
    public void release() {
        lifetime.release();
    }

    @Override
    public String toString() {
        return "HostMemory[" + byteSize() + " bytes, " + lifetime.references + " references]";
    }

    /** The references of one allocation, shared by all its slices. */
    private static final class Lifetime {
        private final AtomicInteger references = new AtomicInteger(1);
        private final Runnable onFree;

        Lifetime(Runnable onFree) {
            this.onFree = onFree;
        }

        void checkAlive() {
            if (references.get() <= 0) {
                throw new IllegalStateException("memory was released already");
            }
        }

        /** Never counts up from zero, not even for a moment: another thread would take the freed memory for alive. */
        void retain() {
            if (references.getAndUpdate(count -> count > 0 ? count + 1 : count) <= 0) {
                throw new IllegalStateException("memory was released already");
            }
        }

        void release() {
            int before = references.getAndUpdate(count -> count > 0 ? count - 1 : count);
            if (before == 1) {
                onFree.run();
            } else if (before <= 0) {
                throw new IllegalStateException("memory was released more often than retained");
            }
        }
    }
}
