package io.longshore.schedule;

import org.jspecify.annotations.Nullable;

/**
 * The port to a store of responses, bounded in bytes, which all models of a server share. What it keeps is its affair; it may
 * forget any response at any time. Thread-safe.
 */
public interface ResponseCache {
    /** A part of the store for one load of one version, to which what others have stored does not exist. */
    Space open();

    /** What one load of one version stores. Thread-safe. */
    interface Space extends AutoCloseable {
        /** The response to such a request, as a reference that the caller ends; null where there is none. */
        @Nullable
        CachedResponse get(RequestDigest request);

        /** Whether a response of so many bytes could be stored at all. */
        boolean takes(long byteSize);

        /** Stores a response, in place of one that is there; the caller's reference is taken over, also where nothing is kept. */
        void put(RequestDigest request, CachedResponse response);

        /** Forgets all responses. Called once, when nobody calls the other methods any more. */
        @Override
        void close();
    }
}
