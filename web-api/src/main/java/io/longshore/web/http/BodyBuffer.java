package io.longshore.web.http;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a body in memory of an allocator, piece by piece as it arrives. Into heap memory the stream reads in place; into
 * direct memory it goes through one array of at most {@value #CHUNK_BYTES} bytes, because a servlet stream knows arrays
 * only.
 *
 * <p>Owns the memory until {@link #finish()} hands it over or {@link #close()} gives it back. Not thread-safe.
 */
public final class BodyBuffer implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int FIRST_BYTES = 16 << 10;

    private final MemoryAllocator allocator;
    private final boolean isExact;
    private final long limit;
    private final LongFunction<InferenceException> tooLarge;
    private @Nullable HostMemory memory;
    private ByteBuffer bytes;
    private byte[] chunk = new byte[0];

    private BodyBuffer(
            MemoryAllocator allocator, boolean isExact, long limit, LongFunction<InferenceException> tooLarge) {
        this.allocator = allocator;
        this.isExact = isExact;
        this.limit = limit;
        this.tooLarge = tooLarge;
        HostMemory first = allocator.allocate(isExact ? limit : FIRST_BYTES);
        this.memory = first;
        this.bytes = first.buffer();
    }

    /**
     * For a body whose size is known.
     *
     * @throws io.longshore.tensor.MemoryBudgetExceededException if the allocator refuses
     */
    public static BodyBuffer ofSize(MemoryAllocator allocator, long byteSize) {
        return new BodyBuffer(allocator, true, byteSize, BodyBuffer::impossible);
    }

    /**
     * For a body whose size is not known.
     *
     * @param limit bytes it may have at most
     * @param tooLarge makes the failure for a body that has more, from the bytes read until then
     */
    public static BodyBuffer growing(MemoryAllocator allocator, long limit, LongFunction<InferenceException> tooLarge) {
        return new BodyBuffer(allocator, false, Math.min(limit, Integer.MAX_VALUE - 1), tooLarge);
    }

    /** Whether all bytes of a body of known size are there. */
    public boolean isFull() {
        return isExact && !bytes.hasRemaining();
    }

    /** Bytes gathered so far. */
    public int size() {
        return bytes.position();
    }

    /**
     * Reads once, as many bytes as the stream gives.
     *
     * @return whether there may be more; false at the stream's end and when a body of known size is full
     * @throws InferenceException if the body is larger than allowed, or a body of known size ended early
     * @throws io.longshore.tensor.MemoryBudgetExceededException if it must grow and the allocator refuses
     */
    public boolean readFrom(InputStream in) throws IOException {
        if (isFull()) {
            return false;
        }
        if (!bytes.hasRemaining()) {
            grow();
        }
        int count = bytes.hasArray() ? readInPlace(in) : readThroughChunk(in);
        if (count < 0 && isExact) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the request body ended after " + size() + " bytes, its Content-Length announced " + limit);
        }
        if (size() > limit) {
            throw tooLarge.apply(size());
        }
        return count >= 0 && !isFull();
    }

    private int readInPlace(InputStream in) throws IOException {
        int count = in.read(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        if (count > 0) {
            bytes.position(bytes.position() + count);
        }
        return count;
    }

    private int readThroughChunk(InputStream in) throws IOException {
        if (chunk.length == 0) {
            chunk = new byte[Math.min(CHUNK_BYTES, bytes.capacity())];
        }
        int count = in.read(chunk, 0, Math.min(chunk.length, bytes.remaining()));
        if (count > 0) {
            bytes.put(chunk, 0, count);
        }
        return count;
    }

    private void grow() {
        // One byte beyond the limit tells a body that just fits from one that does not.
        HostMemory larger = allocator.allocate(Math.min(limit + 1, 2L * bytes.capacity()));
        ByteBuffer target = larger.buffer();
        target.put(bytes.flip());
        close();
        memory = larger;
        bytes = target;
    }

    /** The bytes gathered, as one reference that the caller releases. This buffer must not be used any more. */
    public HostMemory finish() {
        HostMemory whole = memory;
        if (whole == null) {
            throw new IllegalStateException("the body was handed over or given back already");
        }
        memory = null;
        if (!bytes.hasRemaining()) {
            return whole;
        }
        HostMemory part = whole.slice(0, size());
        whole.release();
        return part;
    }

    /** Gives the memory back unless it was handed over. Further calls do nothing. */
    @Override
    public void close() {
        HostMemory held = memory;
        memory = null;
        if (held != null) {
            held.release();
        }
    }

    private static InferenceException impossible(long size) {
        throw new IllegalStateException("read " + size + " bytes into memory of a known size");
    }
}
