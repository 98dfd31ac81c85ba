package io.longshore.ejb.log;

import io.longshore.inference.LogChange;
import io.longshore.inference.LogControl;
import io.longshore.inference.LogSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of the messages of the loggers {@code io.longshore.*} are shown, and where. It stands between them and the
 * container's handlers, because a threshold cannot hide warnings and show what is less, and because a running Open Liberty has
 * no other way for an application to show more.
 *
 * <p>Open Liberty gives each logger a level when it is made. Here that is taken from those below {@code io.longshore}, so that
 * they follow the one that is set here and messages nobody wants are not even made. Loggers that are made while verbose messages
 * are shown are found with the next message. Thread-safe.
 */
public final class LogSwitch implements LogControl, AutoCloseable {
    /** Tells of requests that never come to the engine; made at the start, so that the first of them is told. */
    private static final String EARLY = "io.longshore.web.failure.Failures";

    private final Logger logger;
    private final LogOutput output;
    private final Gate gate = new Gate();
    private final @Nullable Level levelBefore;
    private final Map<Logger, Level> levelsBefore = new ConcurrentHashMap<>();
    /** Held, because java.util.logging forgets loggers that nobody holds. */
    @SuppressWarnings("UnusedVariable") // It is there to be held.
    private final Logger early = Logger.getLogger(EARLY);

    private volatile LogSettings settings;

    LogSwitch(Logger logger, LogSettings settings, LogOutput output) {
        this.logger = logger;
        this.settings = settings;
        this.output = output;
        this.levelBefore = logger.getLevel();
        logger.setLevel(level(settings));
        logger.addHandler(gate);
        logger.setUseParentHandlers(false);
        adopt();
    }

    /**
     * Takes Longshore's log over.
     *
     * @throws IOException if the file of the settings cannot be written to
     */
    public static LogSwitch install(LogSettings settings) throws IOException {
        LogOutput output = settings.file().isEmpty() ? new ConsoleOutput() : FileOutput.open(Path.of(settings.file()));
        return new LogSwitch(Logger.getLogger("io.longshore"), settings, output);
    }

    @Override
    public LogSettings settings() {
        return settings;
    }

    @Override
    public LogSettings change(LogChange change) {
        synchronized (gate) {
            LogSettings changed = settings.with(change);
            settings = changed;
            logger.setLevel(level(changed));
            adopt();
            return changed;
        }
    }

    /** Has the loggers made so far follow this switch. */
    public void adopt() {
        LogManager manager = LogManager.getLogManager();
        String prefix = logger.getName() + ".";
        for (String name : Collections.list(manager.getLoggerNames())) {
            Logger part = name.startsWith(prefix) ? manager.getLogger(name) : null;
            Level own = part == null ? null : part.getLevel();
            if (part != null && own != null) {
                levelsBefore.putIfAbsent(part, own);
                part.setLevel(null);
            }
        }
    }

    private static Level level(LogSettings settings) {
        return switch (settings.verboseLevel()) {
            case 0 -> Level.INFO;
            case 1 -> Level.FINE;
            default -> Level.ALL;
        };
    }

    private static boolean shows(LogSettings settings, Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return settings.error();
        }
        if (value >= Level.WARNING.intValue()) {
            return settings.warning();
        }
        return value >= Level.INFO.intValue()
                ? settings.info()
                : value >= level(settings).intValue();
    }

    /** Gives the log back to the container. */
    @Override
    public void close() {
        logger.setUseParentHandlers(true);
        logger.removeHandler(gate);
        logger.setLevel(levelBefore);
        levelsBefore.forEach(Logger::setLevel);
        output.close();
    }

    private final class Gate extends Handler {
        @Override
        public void publish(LogRecord message) {
            LogSettings now = settings;
            if (now.verboseLevel() > 0) {
                adopt();
            }
            if (shows(now, message.getLevel())) {
                output.write(message, now.format());
            }
        }

        @Override
        public void flush() {
            // Each message is written at once.
        }

        @Override
        public void close() {
            // The switch closes its output itself.
        }
    }
}
