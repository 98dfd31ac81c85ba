package io.longshore.inference;

/** The port that tells what the log shows, and changes it (V2 logging extension). Thread-safe. */
public interface LogControl {
    /** The settings in effect. */
    LogSettings settings();

    /**
     * Changes settings, all of them or, where one is refused, none. What is logged from then on follows them.
     *
     * @return the settings in effect after the change
     * @throws InferenceException as {@link LogSettings#with}
     */
    LogSettings change(LogChange change);
}
