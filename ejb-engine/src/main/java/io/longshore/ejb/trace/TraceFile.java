package io.longshore.ejb.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file of traces, and the numbered files beside it. Whatever was written last, each of them is an array of JSON from its
 * first byte to its last. Used by one thread.
 */
final class TraceFile implements AutoCloseable {
    private static final byte[] BEGIN = "[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEXT = ",".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]".getBytes(StandardCharsets.US_ASCII);

    private final Path path;
    private @Nullable FileChannel channel;
    private int index;

    TraceFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /** Adds objects, with commas between, to the file, which the first of them empties. */
    void append(byte[] objects) throws IOException {
        FileChannel file = channel;
        if (file == null) {
            file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            channel = file;
        }
        long end = Math.max(0, file.size() - END.length);
        try {
            write(file, end, end == 0 ? BEGIN : NEXT, objects, END);
        } catch (IOException e) {
            restore(file, end, e);
            throw e;
        }
    }

    /** Takes back what a full disk has cut off, so that the file stays JSON. */
    private static void restore(FileChannel file, long end, IOException failure) {
        try {
            file.truncate(end);
            if (end > 0) {
                file.write(ByteBuffer.wrap(END), end);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Writes objects, with commas between, to the next numbered file. */
    void writeNumbered(byte[] objects) throws IOException {
        Path numbered = path.resolveSibling(path.getFileName() + "." + index++);
        Files.deleteIfExists(numbered);
        try (FileChannel file = FileChannel.open(numbered, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            write(file, 0, BEGIN, objects, END);
        }
    }

    private static void write(FileChannel file, long position, byte[]... pieces) throws IOException {
        int size = 0;
        for (byte[] piece : pieces) {
            size += piece.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        for (byte[] piece : pieces) {
            bytes.put(piece);
        }
        bytes.flip();
        for (long at = position; bytes.hasRemaining(); ) {
            at += file.write(bytes, at);
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel file = channel;
        channel = null;
        if (file != null) {
            file.close();
        }
    }
}
