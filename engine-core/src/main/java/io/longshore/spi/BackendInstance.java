package io.longshore.spi;

/** One execution context of a loaded model. It has one caller at a time, though not always the same thread. */
public interface BackendInstance extends AutoCloseable {
    /**
     * Runs the model on the items. The execution is over when this method has returned <em>and</em> every item has had its
     * end, so a backend may answer later from another thread; until then the instance gets nothing else to run.
     *
     * <p>A failure of single items goes to {@link ExecutionItem#fail}. If this method throws, every item without an end
     * fails with INTERNAL, and the instance is closed and replaced.
     */
    void execute(Execution execution);

    /** Frees the context. Called once, when no execution is under way. */
    @Override
    void close();
}
