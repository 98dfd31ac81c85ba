package io.longshore.ejb.log;

import io.longshore.inference.LogFormat;
import java.util.logging.LogRecord;

/** Where messages go that are to be shown. Thread-safe. */
interface LogOutput extends AutoCloseable {
    /** Shows a message. Never throws: whoever logs has other things to do. */
    void write(LogRecord message, LogFormat format);

    /** Writes nothing any more. */
    @Override
    void close();
}
