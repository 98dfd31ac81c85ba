package io.longshore.inference;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The port that tells monitoring what goes on. Asking costs the requests under way nothing. Thread-safe. */
public interface ServerMetrics {
    /** All versions that serve, sorted by name and version. */
    List<ModelMetrics> models();

    /** The server as a whole. */
    ServerLoad load();

    /**
     * The server as a whole at one moment.
     *
     * @param requestsInFlight requests accepted and not over
     * @param refusals requests that were refused before they came to a queue, by reason; those that named a version that
     *     serves are among that version's failures, too
     * @param memory bytes of requests and responses
     * @param cache the response cache; null = there is none
     */
    record ServerLoad(
            long requestsInFlight,
            Map<FailureReason, Long> refusals,
            RequestMemory memory,
            @Nullable CacheLoad cache) {
        public ServerLoad {
            refusals = Map.copyOf(refusals);
        }
    }

    /**
     * Memory for requests and responses.
     *
     * @param inUse bytes in use now
     * @param limit bytes that may be in use
     * @param refusals how often memory was asked for and not given, because of the limit
     */
    record RequestMemory(long inUse, long limit, long refusals) {}

    /**
     * The response cache, since the server's start.
     *
     * @param byteSize bytes of the responses in it, with all that is needed to keep them
     * @param limit bytes that these may come to
     * @param entries responses in it
     * @param hits look-ups that found one
     * @param misses look-ups that found none
     * @param evictions responses that made room for others
     * @param lookupNanos nanoseconds of all look-ups, without the hashing of requests
     * @param insertionNanos nanoseconds of storing responses, without copying them
     */
    record CacheLoad(
            long byteSize,
            long limit,
            long entries,
            long hits,
            long misses,
            long evictions,
            long lookupNanos,
            long insertionNanos) {}
}
