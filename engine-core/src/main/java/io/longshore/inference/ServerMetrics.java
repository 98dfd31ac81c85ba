package io.longshore.inference;

import java.util.List;
import java.util.Map;

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
     */
    record ServerLoad(long requestsInFlight, Map<FailureReason, Long> refusals, RequestMemory memory) {
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
}
