package io.longshore.lifecycle;

import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of a model that holds the contents of tensors; no name leads out of it. */
final class DataFolder {
    private final ModelFiles files;
    private final String folder;

    /** @param folder its name inside the model's folder */
    DataFolder(ModelFiles files, String folder) {
        this.files = files;
        this.folder = folder;
    }

    /**
     * The path of a file.
     *
     * @throws BackendException if the name leads out of the folder
     */
    Path path(String name) throws BackendException {
        Path inside = files.inModel(folder);
        return new ModelFiles(inside, inside).inModel(name);
    }

    /**
     * Opens a file.
     *
     * @throws BackendException if the name leads out of the folder
     */
    SeekableByteChannel open(String name) throws BackendException, IOException {
        return Files.newByteChannel(path(name));
    }

    /** Fills a buffer from where the channel stands, and flips it. */
    static ByteBuffer fill(ByteBuffer target, SeekableByteChannel channel) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return target.flip();
    }
}
