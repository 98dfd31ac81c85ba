package io.longshore.spi;

/** The loaded weights of one model version on one device, shared by its instances. */
public interface BackendModel extends AutoCloseable {
    /**
     * A new execution context over the weights. Thread-safe.
     *
     * @throws BackendException if there can be no further one
     */
    BackendInstance newInstance() throws BackendException;

    /** Gives the weights back. Called once, after every instance was closed. */
    @Override
    void close();
}
