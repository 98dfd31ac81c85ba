package io.longshore.ejb.trace;

import io.longshore.protocol.rest.TraceEncoder;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceOutput;
import io.longshore.trace.TraceSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

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
    private long inFile;
    private long collected;
    private boolean isClosed;

    FileOutput(TraceFiles files, TraceSettings settings) {
        this.files = files;
        this.settings = settings;
    }

    @Override
    public void accept(RequestTrace root) {
        files.run(() -> gather(root));
    }

    @Override
    public void close() {
        files.run(this::end);
    }

    private void gather(RequestTrace root) {
        if (gathered.size() > 0) {
            gathered.write(',');
        }
        gathered.writeBytes(TraceEncoder.encode(root));
        inFile++;
        collected++;
        if (isClosed) {
            write(settings.logFrequency() > 0);
        } else if (isNumbered()) {
            if (isFileComplete()) {
                write(true);
            }
        } else if (files.isIdle() || gathered.size() >= PIECE_BYTES) {
            write(false);
        }
    }

    private boolean isNumbered() {
        return settings.logFrequency() > 0 || settings.count() != TraceSettings.UNLIMITED;
    }

    private boolean isFileComplete() {
        return inFile == settings.logFrequency() || collected == settings.count() || gathered.size() >= MOST_BYTES;
    }

    private void end() {
        isClosed = true;
        write(settings.logFrequency() > 0);
    }

    private void write(boolean numbered) {
        if (gathered.size() == 0) {
            return;
        }
        TraceFile file = files.file(settings.file());
        try {
            if (numbered) {
                file.writeNumbered(gathered.toByteArray());
            } else {
                file.append(gathered.toByteArray());
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, inFile + " traces could not be written to " + file.path(), e);
        }
        gathered.reset();
        inFile = 0;
    }
}
