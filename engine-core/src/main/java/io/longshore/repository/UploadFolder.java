package io.longshore.repository;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelUpload;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The folder of one upload. It counts who uses it, whoever began it first; the last one out deletes it. Filled by one thread,
 * then only read.
 */
public final class UploadFolder implements ModelUpload {
    private static final int MAX_FILES = 1024;
    private static final int MAX_PROBLEMS = 10;

    private final UploadStore store;
    private final Path path;
    private final RepositoryLayout layout = new RepositoryLayout("");
    private final List<String> problems = new ArrayList<>();
    private final AtomicInteger users = new AtomicInteger(1);
    private final AtomicBoolean filled = new AtomicBoolean();
    private int files;
    private long byteSize;

    UploadFolder(UploadStore store, Path path) {
        this.store = store;
        this.path = path;
    }

    @Override
    public OutputStream file(String name) {
        if (++files > MAX_FILES) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT, "an upload has at most " + MAX_FILES + " files, this one has more");
        }
        String problem = UploadNames.problem(name);
        if (!problem.isEmpty()) {
            return discarded(problem);
        }
        try {
            return new Content(newFile(path.resolve(name)));
        } catch (FileAlreadyExistsException e) {
            return discarded(UploadNames.told(name, "is given twice, or as a file and as a folder"));
        } catch (InvalidPathException e) {
            return discarded(UploadNames.told(name, "cannot be written on this server: " + e.getReason()));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private static OutputStream newFile(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private OutputStream discarded(String problem) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(problem);
        }
        return OutputStream.nullOutputStream();
    }

    /** What is wrong with the names of the files, the first ten of it. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Notes that no file is added any more. */
    public void fill() {
        if (filled.compareAndSet(false, true)) {
            store.ended();
        }
    }

    /**
     * The files as a model's folder.
     *
     * @throws IOException if they cannot be listed
     */
    public ModelFolder read(String name) throws IOException {
        return layout.read(name, path);
    }

    /** Where the files are. */
    Path path() {
        return path;
    }

    /** Keeps the files until {@link #close} is called once more. */
    void retain() {
        users.incrementAndGet();
    }

    @Override
    public void close() {
        if (users.decrementAndGet() == 0) {
            fill();
            store.delete(path, byteSize);
        }
    }

    private static InferenceException unwritable(IOException failure) {
        return new InferenceException(
                ErrorCode.UNAVAILABLE, "the uploaded files cannot be written: " + failure, failure);
    }

    /** The content of one file, booked before it is written. */
    private final class Content extends OutputStream {
        private final OutputStream file;

        Content(OutputStream file) {
            this.file = file;
        }

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            store.reserve(byteSize, count);
            byteSize += count;
            try {
                file.write(bytes, from, count);
            } catch (IOException e) {
                throw unwritable(e);
            }
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw unwritable(e);
            }
        }
    }
}
