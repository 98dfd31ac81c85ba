package io.longshore.spi;

/** The loaded weights of one model version on one device, shared by its instances. */
public interface BackendModel extends AutoCloseable {
    /**
     * A new execution context over the weights. Thread-safe.
     *
     * @throws BackendException if there can be no further one
     */
    BackendInstance newInstance() throws BackendException;

    /**
     * How an execution of several requests comes to its instances: as so many items, each with the tensors and parameters of
     * its request; or else, which is the default, as one item with the rows of all behind each other, and what the instance
     * answers is taken apart by the engine.
     */
    default boolean takesItems() {
        return false;
    }

    /**
     * Whether requests whose execution failed may be executed again, since a run has no effect but its outputs. Of a batch
     * that failed, the engine then finds the request that is at fault, and answers the others.
     */
    default boolean isRepeatable() {
        return false;
    }

    /**
     * Whether a run may wait for anything but the processor, as code may that belongs to the model. Then it never runs on a thread
     * for which others wait, however short its runs have been.
     */
    default boolean mayWait() {
        return false;
    }

    /** Gives the weights back. Called once, after every instance was closed. */
    @Override
    void close();
}
