package io.longshore.ejb.log;

import io.longshore.inference.LogFormat;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.logging.LogRecord;

/**
 * A file, which lines are added to; each is there at once, also for whoever cuts the file off from time to time. A line that
 * cannot be written, for want of space perhaps, is lost. Thread-safe.
 */
final class FileOutput implements LogOutput {
    private final PrintWriter lines;

    private FileOutput(PrintWriter lines) {
        this.lines = lines;
    }

    /**
     * Opens the file, and makes it where there is none.
     *
     * @throws IOException if it cannot be written to
     */
    static FileOutput open(Path file) throws IOException {
        BufferedWriter writer = Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return new FileOutput(new PrintWriter(writer, true));
    }

    @Override
    public void write(LogRecord message, LogFormat format) {
        lines.println(LineFormat.line(message, format));
    }

    @Override
    public void close() {
        lines.close();
    }
}
