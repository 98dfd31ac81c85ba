package io.longshore.inference;

/**
 * What the log shows, where, and in which form. Immutable.
 *
 * @param file where lines go; empty = to the console
 * @param info whether messages of level info are shown
 * @param warning whether warnings are shown
 * @param error whether errors are shown
 * @param verboseLevel 0 = nothing more; 1 = also each step of a request; 2 and above = still more
 * @param format the form of the lines
 */
public record LogSettings(
        String file, boolean info, boolean warning, boolean error, int verboseLevel, LogFormat format) {
    /** To the console, all but verbose messages. */
    public static final LogSettings DEFAULT = new LogSettings("", true, true, true, 0, LogFormat.DEFAULT);

    public LogSettings {
        if (verboseLevel < 0) {
            throw new IllegalArgumentException("the verbose level is " + verboseLevel + "; it must be 0 or above");
        }
    }

    /**
     * These settings after a change.
     *
     * @throws InferenceException INVALID_ARGUMENT if the verbose level is out of range, UNSUPPORTED if the format would become
     *     JSON or JSON another one, which only a start can do
     */
    public LogSettings with(LogChange change) {
        LogFormat wanted = change.format().orElse(format);
        if (wanted != format && (wanted == LogFormat.JSON || format == LogFormat.JSON)) {
            throw new InferenceException(
                    ErrorCode.UNSUPPORTED,
                    "log_format can not be changed from '" + format.word() + "' to '" + wanted.word()
                            + "' while the server runs; start it with another --log-format");
        }
        return new LogSettings(
                file,
                change.info().orElse(info),
                change.warning().orElse(warning),
                change.error().orElse(error),
                change.verboseLevel().map(LogSettings::checkedLevel).orElse(verboseLevel),
                wanted);
    }

    private static int checkedLevel(long level) {
        if (level < 0 || level > Integer.MAX_VALUE) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "invalid argument for log_verbose_level, got: " + Long.toUnsignedString(level)
                            + "; expected an integer from 0 to " + Integer.MAX_VALUE);
        }
        return (int) level;
    }
}
