package io.longshore.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Memory of another process, opened. That process may change what is in it, and how large it is, at any time. Thread-safe;
 * not used after {@link #close}.
 */
public interface SharedBlock extends AutoCloseable {
    /** Bytes that it has now. */
    long byteSize() throws IOException;

    /**
     * Copies bytes out until the buffer is full.
     *
     * @throws java.io.EOFException if the block ends before that
     */
    void read(long position, ByteBuffer target) throws IOException;

    /**
     * Copies all of a buffer in.
     *
     * @throws java.io.EOFException if the block ends before that; nothing is written then
     */
    void write(long position, ByteBuffer source) throws IOException;

    /** Gives back what this process needed for it. */
    @Override
    void close() throws IOException;
}
