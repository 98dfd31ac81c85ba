package io.longshore.ejb.process;

import java.util.concurrent.CompletionStage;

/** What takes requests and can stop doing so in two steps. Thread-safe. */
public interface Drainable {
    /** Says from now on that it is not ready, and goes on to accept requests. */
    void announceEnd();

    /**
     * Refuses new requests from now on.
     *
     * @return done when every accepted request is over
     */
    CompletionStage<Void> drain();
}
