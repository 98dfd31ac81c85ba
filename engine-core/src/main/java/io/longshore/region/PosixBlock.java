package io.longshore.region;

import io.longshore.spi.SharedBlock;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** A POSIX shared memory object, read and written as the file that it is. It stays reachable when its name is unlinked. */
final class PosixBlock implements SharedBlock {
    private final FileChannel channel;

    private PosixBlock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens an object for reading and writing.
     *
     * @throws IOException if there is no such regular file, or it may not be read and written; a link is not followed
     */
    static PosixBlock open(Path file) throws IOException {
        // A pipe or a device put there after this look has no size, and so holds no region.
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isRegularFile()) {
            throw new NoSuchFileException(file.toString(), null, "not a regular file");
        }
        return new PosixBlock(
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    @Override
    public long byteSize() throws IOException {
        return channel.size();
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        uninterrupted(() -> {
            long next = position;
            while (target.hasRemaining()) {
                int count = channel.read(target, next);
                if (count < 0) {
                    throw new EOFException("the object ends at " + channel.size());
                }
                next += count;
            }
        });
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        uninterrupted(() -> {
            // A write beyond the end would make the object larger; one that meets a truncation still may, up to the
            // region's
            // end.
            if (position + source.remaining() > channel.size()) {
                throw new EOFException("the object ends at " + channel.size());
            }
            long next = position;
            while (source.hasRemaining()) {
                next += channel.write(source, next);
            }
        });
    }

    /** A channel closes itself when a thread that is interrupted uses it, and the region would be lost for all. */
    private static void uninterrupted(Transfer transfer) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            transfer.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Something done with the channel. */
    private interface Transfer {
        void run() throws IOException;
    }
}
