package io.longshore.repository;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where uploads are kept: a temporary folder that nobody but the server's user may enter, made with the first upload and
 * deleted at the end. Thread-safe.
 */
public final class UploadStore implements AutoCloseable {
    private static final Logger LOG = System.getLogger(UploadStore.class.getName());

    /** Each holds a thread while its client sends. */
    private static final int MAX_UNDER_WAY = 32;

    private final long limit;
    private final AtomicLong byteSize = new AtomicLong();
    private final AtomicInteger underWay = new AtomicInteger();
    private @Nullable Path root;
    private boolean closed;

    /** @param limit bytes of all uploads together, those included that models are loaded from */
    public UploadStore(long limit) {
        this.limit = limit;
    }

    /**
     * Begins an upload.
     *
     * @throws InferenceException UNAVAILABLE if too many are under way, the store is closed, or its folder cannot be made
     */
    public UploadFolder begin() {
        if (underWay.incrementAndGet() > MAX_UNDER_WAY) {
            ended();
            throw unavailable(MAX_UNDER_WAY + " uploads are under way already; try again later", null);
        }
        try {
            return new UploadFolder(this, newFolder());
        } catch (IOException e) {
            ended();
            throw unavailable("no folder for an upload can be made: " + e, e);
        } catch (RuntimeException e) {
            ended();
            throw e;
        }
    }

    private synchronized Path newFolder() throws IOException {
        if (closed) {
            throw unavailable("the server is stopping, nothing is uploaded any more", null);
        }
        if (root == null) {
            // Java gives temporary folders to their owner alone.
            root = Files.createTempDirectory("longshore-uploads-");
        }
        return Files.createTempDirectory(root, "model-");
    }

    /** Notes that an upload is complete, or thrown away. */
    void ended() {
        underWay.decrementAndGet();
    }

    /** Books {@code more} bytes for an upload that has {@code already} some. */
    void reserve(long already, int more) {
        if (already + more > limit) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the uploaded files have more than " + limit + " bytes; raise longshore.model-upload-limit");
        }
        if (byteSize.addAndGet(more) > limit) {
            byteSize.addAndGet(-more);
            throw unavailable(
                    "the uploaded files of all models together would have more than " + limit
                            + " bytes; unload some, or raise longshore.model-upload-limit",
                    null);
        }
    }

    /** Bytes of all uploads that are there. */
    public long byteSize() {
        return byteSize.get();
    }

    /** Deletes an upload and books its bytes back. */
    void delete(Path folder, long bytes) {
        deleteTree(folder);
        byteSize.addAndGet(-bytes);
    }

    /** Deletes all uploads, and takes no more. */
    @Override
    public synchronized void close() {
        closed = true;
        Path old = root;
        root = null;
        if (old != null) {
            deleteTree(old);
        }
    }

    private static void deleteTree(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new Deletion());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the uploaded files in " + folder + " could not be deleted", e);
        }
    }

    private static InferenceException unavailable(String why, @Nullable IOException cause) {
        return new InferenceException(ErrorCode.UNAVAILABLE, why, cause);
    }

    /** Deletes files and then their folders; a link that a model has made is deleted, not followed. */
    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
