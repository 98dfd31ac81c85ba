package io.longshore.ejb.log;

import io.longshore.inference.LogFormat;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Writes a message as a line, without the line's end. The two forms for people begin as Triton's lines do (triton-common,
 * logging.cc), with the class in place of its source file; times are UTC. That for collectors has the names of the fields of
 * Open Liberty's JSON. Stack traces follow on lines of their own. Thread-safe.
 */
final class LineFormat {
    private static final DateTimeFormatter GLOG =
            DateTimeFormatter.ofPattern("MMdd HH:mm:ss.SSSSSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Formatter PARAMETERS = new SimpleFormatter();
    private static final long PID = ProcessHandle.current().pid();

    private LineFormat() {}

    static String line(LogRecord message, LogFormat format) {
        return switch (format) {
            case DEFAULT -> letter(message) + GLOG.format(message.getInstant()) + rest(message);
            case ISO8601 -> seconds(message.getInstant()) + " " + letter(message) + rest(message);
            case JSON -> json(message);
        };
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    private static String rest(LogRecord message) {
        String trace = trace(message);
        return " " + PID + " " + source(message) + "] " + text(message) + (trace.isEmpty() ? "" : "\n" + trace);
    }

    /** Triton marks verbose messages as those of level info. */
    private static String letter(LogRecord message) {
        int level = message.getLevel().intValue();
        if (level >= Level.SEVERE.intValue()) {
            return "E";
        }
        return level >= Level.WARNING.intValue() ? "W" : "I";
    }

    private static String source(LogRecord message) {
        String logger = String.valueOf(message.getLoggerName());
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static String text(LogRecord message) {
        return PARAMETERS.formatMessage(message);
    }

    private static String trace(LogRecord message) {
        if (message.getThrown() == null) {
            return "";
        }
        StringWriter trace = new StringWriter();
        message.getThrown().printStackTrace(new PrintWriter(trace, true));
        return trace.toString().stripTrailing();
    }

    private static String json(LogRecord message) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE).raw('{');
        field(
                        out,
                        "datetime",
                        message.getInstant().truncatedTo(ChronoUnit.MILLIS).toString())
                .raw(',');
        field(out, "loglevel", message.getLevel().getName()).raw(',');
        field(out, "module", String.valueOf(message.getLoggerName())).raw(',');
        field(out, "message", text(message));
        String trace = trace(message);
        if (!trace.isEmpty()) {
            field(out.raw(','), "stackTrace", trace);
        }
        return new String(out.raw('}').toByteArray(), StandardCharsets.UTF_8);
    }

    private static JsonOutput field(JsonOutput out, String name, String value) {
        return out.string(name).raw(':').string(value);
    }
}
