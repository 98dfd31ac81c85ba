package io.longshore.ejb.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.InferenceException;
import io.longshore.inference.LogChange;
import io.longshore.inference.LogFormat;
import io.longshore.inference.LogSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogSwitchTest {
    /** Held, because java.util.logging forgets loggers that nobody holds. */
    private final Logger parent = Logger.getLogger("longshore.test.switch");

    private final Logger logger = Logger.getLogger("longshore.test.switch.part");
    private final Recorded recorded = new Recorded();
    private final LogSwitch log = new LogSwitch(parent, LogSettings.DEFAULT, recorded);

    @AfterEach
    void giveBack() {
        log.close();
    }

    @Test
    void defaults_showAllButVerboseMessages() {
        logAll();
        assertThat(recorded.lines).containsExactly("SEVERE DEFAULT", "WARNING DEFAULT", "INFO DEFAULT");
    }

    @Test
    void eachLevel_goesAndComesBackByItself() {
        log.change(LogChange.NONE.withInfo(false));
        assertThat(shown()).containsExactly("SEVERE", "WARNING");
        log.change(LogChange.NONE.withInfo(true).withWarning(false));
        assertThat(shown()).containsExactly("SEVERE", "INFO");
        log.change(LogChange.NONE.withWarning(true).withError(false));
        assertThat(shown()).containsExactly("WARNING", "INFO");
        log.change(LogChange.NONE.withError(true));
        assertThat(shown()).containsExactly("SEVERE", "WARNING", "INFO");
    }

    @Test
    void verboseLevels_showFineAndFinestWhateverTheOthersAre() {
        log.change(LogChange.NONE
                .withInfo(false)
                .withWarning(false)
                .withError(false)
                .withVerboseLevel(1));
        assertThat(shown()).containsExactly("FINE");
        log.change(LogChange.NONE.withVerboseLevel(2));
        assertThat(shown()).containsExactly("FINE", "FINER", "FINEST");
        log.change(LogChange.NONE.withVerboseLevel(0));
        assertThat(shown()).isEmpty();
    }

    @Test
    void messagesNobodyWants_areNotEvenMade() {
        assertThat(logger.isLoggable(Level.FINE)).isFalse();
        log.change(LogChange.NONE.withVerboseLevel(1));
        assertThat(logger.isLoggable(Level.FINE)).isTrue();
        assertThat(logger.isLoggable(Level.FINEST)).isFalse();
    }

    @Test
    void loggersWithLevelsOfTheirOwn_followAndGetThemBack() {
        Logger late = Logger.getLogger("longshore.test.switch.late");
        late.setLevel(Level.WARNING);
        log.change(LogChange.NONE.withVerboseLevel(1));
        assertThat(late.isLoggable(Level.FINE)).isTrue();

        Logger later = Logger.getLogger("longshore.test.switch.later");
        later.setLevel(Level.INFO);
        logger.info("whatever");
        assertThat(later.isLoggable(Level.FINE)).isTrue();

        log.close();
        assertThat(late.getLevel()).isEqualTo(Level.WARNING);
        assertThat(later.getLevel()).isEqualTo(Level.INFO);
    }

    @Test
    void format_isThatOfTheMoment() {
        log.change(LogChange.NONE.withFormat(LogFormat.ISO8601));
        logger.info("x");
        assertThat(recorded.lines).containsExactly("INFO ISO8601");
    }

    @Test
    void refusedChange_changesNothing() {
        LogChange change = LogChange.NONE.withInfo(false).withFormat(LogFormat.JSON);
        assertThatThrownBy(() -> log.change(change)).isInstanceOf(InferenceException.class);
        assertThat(log.settings()).isEqualTo(LogSettings.DEFAULT);
        assertThat(shown()).contains("INFO");
    }

    @Test
    void closed_givesTheLogBack() {
        log.close();
        assertThat(parent.getUseParentHandlers()).isTrue();
        assertThat(parent.getHandlers()).isEmpty();
        assertThat(parent.getLevel()).isNull();
        assertThat(recorded.closed).isTrue();
    }

    private List<String> shown() {
        recorded.lines.clear();
        logAll();
        return recorded.lines.stream().map(line -> line.split(" ", -1)[0]).toList();
    }

    private void logAll() {
        for (Level level : List.of(Level.SEVERE, Level.WARNING, Level.INFO, Level.FINE, Level.FINER, Level.FINEST)) {
            logger.log(level, "message");
        }
    }

    private static final class Recorded implements LogOutput {
        private final List<String> lines = new ArrayList<>();
        private boolean closed;

        @Override
        public void write(LogRecord message, LogFormat format) {
            lines.add(message.getLevel() + " " + format);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
