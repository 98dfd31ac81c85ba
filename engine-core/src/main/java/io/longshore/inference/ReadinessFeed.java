package io.longshore.inference;

/** The port that tells when the readiness of the server or of a model may have changed. Thread-safe. */
@FunctionalInterface
public interface ReadinessFeed {
    /**
     * Has a listener called after each change, until the returned handle is closed. It is told that something may be
     * different, not what: {@link ServerStatus} says how things are. It is called on the thread that made the change and
     * must come back at once.
     */
    Listening listen(Runnable listener);

    /** Ends the calls of a listener; one that is under way may still come to its end. */
    @FunctionalInterface
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }
}
