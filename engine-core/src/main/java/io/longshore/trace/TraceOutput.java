package io.longshore.trace;

/** Where the traces of one set of settings go. Thread-safe; never waits and never throws. */
public interface TraceOutput extends AutoCloseable {
    /** Takes a trace that is complete, by its root. */
    void accept(RequestTrace root);

    /** Says that the settings are not in use any more; traces under way may still come. */
    @Override
    void close();
}
