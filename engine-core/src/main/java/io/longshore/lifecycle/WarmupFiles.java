package io.longshore.lifecycle;

import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** Reads what warm-up samples hold from the folder {@code warmup} of a model. */
final class WarmupFiles {
    /** Source: {@code kWarmupDataFolder} of Triton's core. */
    private static final String FOLDER = "warmup";

    private final DataFolder folder;

    WarmupFiles(ModelFiles files) {
        this.folder = new DataFolder(files, FOLDER);
    }

    /**
     * The bytes of a row of fixed size.
     *
     * @throws BackendException if the file is missing or too short. One that is longer serves, as in Triton
     */
    ByteBuffer bytes(String input, String name, long byteSize) throws BackendException {
        try (SeekableByteChannel channel = folder.open(name)) {
            if (channel.size() < byteSize) {
                throw new BackendException("warmup setting expects " + byteSize + " bytes for input '" + input
                        + "', but the data provided from " + name + " only has " + channel.size() + " bytes");
            }
            return read(channel, byteSize);
        } catch (IOException e) {
            throw unreadable(input, name, e);
        }
    }

    /**
     * The elements of a row of BYTES, each behind its length.
     *
     * @throws BackendException if the file is missing or does not hold as many elements as the shape has
     */
    ByteBuffer elements(String input, String name, Shape shape) throws BackendException {
        ByteBuffer bytes;
        try (SeekableByteChannel channel = folder.open(name)) {
            bytes = read(channel, channel.size());
        } catch (IOException e) {
            throw unreadable(input, name, e);
        }
        long count;
        try {
            count = BytesElements.count(bytes);
        } catch (IllegalArgumentException e) {
            throw new BackendException("input '" + input + "': input_data_file " + name + ": " + e.getMessage(), e);
        }
        if (count != shape.elementCount()) {
            throw new BackendException("warmup setting expects " + shape.elementCount() + " elements for input '"
                    + input + "', but the data provided from " + name + " has " + count);
        }
        return bytes;
    }

    private static ByteBuffer read(SeekableByteChannel channel, long byteSize) throws IOException {
        if (byteSize > Integer.MAX_VALUE - Long.BYTES) {
            throw new IOException("it has " + byteSize + " bytes, which is too large for a row");
        }
        return DataFolder.fill(ByteBuffer.allocate((int) byteSize), channel);
    }

    private static BackendException unreadable(String input, String name, IOException e) {
        return new BackendException(
                "input '" + input + "': input_data_file " + FOLDER + "/" + name + " cannot be read: " + e, e);
    }
}
