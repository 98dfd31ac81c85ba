package io.longshore.ejb.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogOutputTest {
    private static final long PID = ProcessHandle.current().pid();

    @TempDir
    private Path folder;

    @Test
    void lines_areTritons() {
        assertThat(LineFormat.line(message(Level.INFO), LogFormat.DEFAULT))
                .isEqualTo("I0307 04:05:06.078910 " + PID + " Part] a of 2");
        assertThat(LineFormat.line(message(Level.FINEST), LogFormat.ISO8601))
                .isEqualTo("2026-03-07T04:05:06Z I " + PID + " Part] a of 2");
        assertThat(LineFormat.line(message(Level.WARNING), LogFormat.ISO8601)).contains("Z W ");
        assertThat(LineFormat.line(message(Level.SEVERE), LogFormat.DEFAULT)).startsWith("E0307");
    }

    @Test
    void stackTrace_followsOnItsOwnLines() {
        LogRecord message = message(Level.SEVERE);
        message.setThrown(new IllegalStateException("why"));
        assertThat(LineFormat.line(message, LogFormat.DEFAULT).lines().toList())
                .element(1)
                .isEqualTo("java.lang.IllegalStateException: why");
        assertThat(LineFormat.line(message, LogFormat.JSON).lines())
                .singleElement()
                .asString()
                .contains("\"stackTrace\":\"java.lang.IllegalStateException: why\\n");
    }

    @Test
    void jsonLine_isOneObject() {
        assertThat(LineFormat.line(message(Level.INFO), LogFormat.JSON))
                .isEqualTo("{\"datetime\":\"2026-03-07T04:05:06.078Z\",\"loglevel\":\"INFO\","
                        + "\"module\":\"io.longshore.Part\",\"message\":\"a of 2\"}");
    }

    @Test
    void file_keepsWhatItHasAndGetsEachLineAtOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("log"), "before\n");
        try (FileOutput output = FileOutput.open(file)) {
            output.write(message(Level.INFO), LogFormat.DEFAULT);
            assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo("before");
            Files.writeString(file, "");
            output.write(message(Level.INFO), LogFormat.ISO8601);
            assertThat(Files.readAllLines(file)).singleElement().asString().startsWith("2026-03-07T");
        }
    }

    @Test
    void folderInPlaceOfAFile_isRefused() {
        assertThatThrownBy(() -> FileOutput.open(folder)).isInstanceOf(IOException.class);
    }

    @Test
    void console_handsMessagesToTheContainerVerboseOnesAtLevelInfo() {
        List<LogRecord> published = new ArrayList<>();
        Logger root = Logger.getLogger("");
        Handler container = new Recorder(published);
        root.addHandler(container);
        try (ConsoleOutput output = new ConsoleOutput()) {
            LogRecord warning = message(Level.WARNING);
            output.write(warning, LogFormat.DEFAULT);
            output.write(message(Level.FINE), LogFormat.JSON);
            assertThat(published).first().isSameAs(warning);
            LogRecord verbose = published.get(1);
            assertThat(verbose.getLevel()).isEqualTo(Level.INFO);
            assertThat(verbose.getInstant()).isEqualTo(warning.getInstant());
            assertThat(verbose.getLoggerName()).isEqualTo("io.longshore.Part");
            assertThat(verbose.getParameters()).containsExactly(2);
        } finally {
            root.removeHandler(container);
        }
    }

    private static LogRecord message(Level level) {
        LogRecord message = new LogRecord(level, "a of {0}");
        message.setParameters(new Object[] {2});
        message.setLoggerName("io.longshore.Part");
        message.setInstant(Instant.parse("2026-03-07T04:05:06.078910Z"));
        return message;
    }

    private static final class Recorder extends Handler {
        private final List<LogRecord> published;

        Recorder(List<LogRecord> published) {
            this.published = published;
        }

        @Override
        public void publish(LogRecord message) {
            published.add(message);
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
