package io.longshore.bench.openloop;

import org.jspecify.annotations.Nullable;

/** A connection to the server that carries one request at a time. Confined to the event loop. */
interface Connection {
    /** Sends the request, connecting first where the server has hung up. Call it again only after the answer. */
    void send(Answer answer);

    /** Ends the connection. */
    void close();

    /** Told once of each request that was sent. */
    interface Answer {
        /**
         * The answer is complete.
         *
         * @param fault what went wrong, or null for a good answer
         */
        void complete(@Nullable String fault);
    }
}
