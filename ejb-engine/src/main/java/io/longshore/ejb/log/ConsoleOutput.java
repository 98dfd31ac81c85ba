package io.longshore.ejb.log;

import io.longshore.inference.LogFormat;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The console, which is the container's: messages go to the handlers that the container has put there, in its own form, except
 * in the form with ISO 8601, which Longshore prints itself since a running container's form is fixed. Thread-safe.
 */
final class ConsoleOutput implements LogOutput {
    private final Logger root = Logger.getLogger("");
    /** The process' own standard output: Open Liberty puts its time before each line of {@code System.out}. */
    private final PrintStream lines =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    @Override
    public void write(LogRecord message, LogFormat format) {
        if (format == LogFormat.ISO8601) {
            lines.println(LineFormat.line(message, format));
            return;
        }
        LogRecord shown = message.getLevel().intValue() < Level.INFO.intValue() ? raised(message) : message;
        for (Handler handler : root.getHandlers()) {
            handler.publish(shown);
        }
    }

    /** Verbose messages at level info, as Triton shows them: containers keep lower levels from the console. */
    private static LogRecord raised(LogRecord verbose) {
        LogRecord raised = new LogRecord(Level.INFO, verbose.getMessage());
        raised.setLoggerName(verbose.getLoggerName());
        raised.setInstant(verbose.getInstant());
        raised.setLongThreadID(verbose.getLongThreadID());
        raised.setParameters(verbose.getParameters());
        raised.setResourceBundle(verbose.getResourceBundle());
        raised.setSourceClassName(verbose.getSourceClassName());
        raised.setSourceMethodName(verbose.getSourceMethodName());
        raised.setThrown(verbose.getThrown());
        return raised;
    }

    @Override
    public void close() {
        // The handlers are the container's, and standard output is the process'.
    }
}
