package io.longshore.inference;

import java.util.Optional;

/**
 * What is to change of {@link LogSettings}; what is empty stays as it is. The file cannot change. Immutable.
 *
 * @param info whether messages of level info are shown
 * @param warning whether warnings are shown
 * @param error whether errors are shown
 * @param verboseLevel the verbose level as it was sent, an unsigned number of 64 bits
 * @param format the form of the lines
 */
public record LogChange(
        Optional<Boolean> info,
        Optional<Boolean> warning,
        Optional<Boolean> error,
        Optional<Long> verboseLevel,
        Optional<LogFormat> format) {
    /** No change. */
    public static final LogChange NONE =
            new LogChange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** This change, and one of messages of level info. */
    public LogChange withInfo(boolean value) {
        return new LogChange(Optional.of(value), warning, error, verboseLevel, format);
    }

    /** This change, and one of warnings. */
    public LogChange withWarning(boolean value) {
        return new LogChange(info, Optional.of(value), error, verboseLevel, format);
    }

    /** This change, and one of errors. */
    public LogChange withError(boolean value) {
        return new LogChange(info, warning, Optional.of(value), verboseLevel, format);
    }

    /** This change, and one of the verbose level. */
    public LogChange withVerboseLevel(long value) {
        return new LogChange(info, warning, error, Optional.of(value), format);
    }

    /** This change, and one of the form of the lines. */
    public LogChange withFormat(LogFormat value) {
        return new LogChange(info, warning, error, verboseLevel, Optional.of(value));
    }
}
