package io.longshore.ejb.trace;

import io.longshore.protocol.trace.TraceEncoder;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceOutput;
import io.longshore.trace.TraceSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gathers the traces of one set of settings. Where a number of traces is to make a file, or only so many are taken, they go
 * to numbered files as in Triton; all others go to the file itself, and that as soon as nothing else is to be done, while
 * Triton keeps them in memory until it ends. Apart from {@link #accept} and {@link #close} it is the writer's own.
 */
final class FileOutput implements TraceOutput {
    private static final Logger LOG = System.getLogger(FileOutput.class.getName());
    /** What is kept to make a file of its own; beyond it a file is begun early. */
    private static final int MOST_BYTES = 16 << 20;

    private static final int PIECE_BYTES = 256 << 10;

    private final TraceFiles files;
    private final TraceSettings settings;
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    /** Those that came, were they written or dropped. */
    private final AtomicLong collected = new AtomicLong();

    private long inFile;
    private boolean isClosed;

    FileOutput(TraceFiles files, TraceSettings settings) {
        this.files = files;
        this.settings = settings;
    }

    @Override
    public void accept(RequestTrace root) {
        boolean isLast = collected.incrementAndGet() == settings.count();
        files.write(this, root);
        if (isLast) {
            files.run(this::write);
        }
    }

    @Override
    public void close() {
        files.run(this::end);
    }

    /** Takes a trace. */
    void gather(RequestTrace root) {
        byte[] objects = TraceEncoder.encode(root);
        if (gathered.size() > 0) {
            gathered.write(',');
        }
        gathered.writeBytes(objects);
        inFile++;
        if (isClosed || isFileComplete()) {
            write();
        } else if (!isNumbered()) {
            files.writeWhenIdle(this);
        }
    }

    private boolean isNumbered() {
        return settings.logFrequency() > 0 || settings.count() != TraceSettings.UNLIMITED;
    }

    private boolean isFileComplete() {
        return isNumbered()
                ? inFile == settings.logFrequency() || gathered.size() >= MOST_BYTES
                : gathered.size() >= PIECE_BYTES;
    }

    private void end() {
        isClosed = true;
        write();
    }

    /** Writes what was gathered. */
    void write() {
        if (gathered.size() == 0) {
            return;
        }
        TraceFile file = files.file(settings.file());
        try {
            if (isFileNumbered()) {
                file.writeNumbered(gathered.toByteArray());
            } else {
                file.append(gathered.toByteArray());
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, inFile + " traces could not be written to " + file.path(), e);
        } finally {
            gathered.reset();
            inFile = 0;
        }
    }

    /** A count that was not reached when its settings ended makes no file of its own, as in Triton. */
    private boolean isFileNumbered() {
        boolean isCutShort = isClosed && collected.get() < settings.count();
        return settings.logFrequency() > 0 || (isNumbered() && !isCutShort);
    }
}
