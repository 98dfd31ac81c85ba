package io.longshore.schedule;

import io.longshore.inference.LatencyCounts;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatistics.Batch;
import io.longshore.inference.ModelStatistics.Caching;
import io.longshore.inference.ModelStatistics.Compute;
import io.longshore.inference.ModelStatistics.Total;
import io.longshore.inference.Ticker;
import io.longshore.model.LatencyFamily;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the requests to one model version come to. Counting costs a few uncontended additions. Thread-safe; a
 * snapshot that is taken meanwhile may have counted a part of one request.
 */
public final class ExecutionStatistics {
    private final LatencyHistogram success;
    private final LatencyHistogram queue;
    private final LatencyHistogram execution;
    /** Of decoupled models alone: to all others it is the end of the execution. */
    private final @Nullable LatencyHistogram firstResponse;

    private final Counter fail = new Counter();
    private final Counter cancelled = new Counter();
    private final Counter cacheHit = new Counter();
    private final Counter cacheMiss = new Counter();
    private final RequestFailures failures = new RequestFailures();
    private final LongAdder rows = new LongAdder();
    /** Each request with the whole of its execution, however many it shared that with. */
    private final ComputeCounter compute = new ComputeCounter();

    private final Map<Long, ComputeCounter> bySize = new ConcurrentHashMap<>();
    /** The end of the last execution; says nothing before the first. */
    private volatile long last;

    /** Counts for a version with this configuration, which may name the buckets. */
    public ExecutionStatistics(ModelConfig config) {
        this.success = histogram(config, LatencyFamily.REQUEST);
        this.queue = histogram(config, LatencyFamily.QUEUE);
        this.execution = histogram(config, LatencyFamily.COMPUTE);
        this.firstResponse = config.isDecoupled() ? histogram(config, LatencyFamily.FIRST_RESPONSE) : null;
    }

    private static LatencyHistogram histogram(ModelConfig config, LatencyFamily family) {
        return new LatencyHistogram(family, config.latencyBounds(family));
    }

    /** How often, and how long altogether. */
    private static final class Counter {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        void add(long taken) {
            count.increment();
            nanos.add(taken);
        }

        Total total() {
            return new Total(count.sum(), nanos.sum());
        }
    }

    /** How often, and how long altogether in each part. */
    private static final class ComputeCounter {
        private final LongAdder count = new LongAdder();
        private final LongAdder input = new LongAdder();
        private final LongAdder infer = new LongAdder();
        private final LongAdder output = new LongAdder();

        void add(Phases phases) {
            count.increment();
            input.add(phases.input());
            infer.add(phases.infer());
            output.add(phases.output());
        }

        Compute total() {
            return new Compute(count.sum(), input.sum(), infer.sum(), output.sum());
        }
    }

    /**
     * Counts what an execution came to: each request for itself, and the whole where any of them succeeded.
     *
     * @param begun when the execution began
     * @param now the present time of the engine's ticker
     */
    void executed(RequestExecution execution, long begun, long now) {
        long size = 0;
        Phases phases = null;
        for (RequestItem item : execution.items()) {
            size += item.rows();
            if (succeeded(item, begun, now)) {
                phases = item.phases(begun, now);
            }
        }
        if (phases != null) {
            executed(size, phases, now);
        }
    }

    private boolean succeeded(RequestItem item, long begun, long now) {
        PendingRequest request = item.request();
        long taken = now - request.arrived();
        if (request.isWithdrawn()) {
            cancelled(taken);
        } else if (item.isFailed()) {
            failed(taken);
        } else if (request.countsAsSuccess()) {
            succeeded(item.rows(), begun - request.arrived(), item.phases(begun, now));
            return true;
        } else {
            cancelled(taken);
        }
        return false;
    }

    /**
     * Counts a request that succeeded.
     *
     * @param size its rows
     * @param queued nanoseconds from the request's arrival to the execution's beginning
     * @param phases how long the execution took
     */
    void succeeded(long size, long queued, Phases phases) {
        success.add(queued + phases.total());
        queue.add(queued);
        execution.add(phases.total());
        compute.add(phases);
        rows.add(size);
    }

    /**
     * Counts an execution in which a request succeeded.
     *
     * @param size rows of all its requests
     * @param phases how long it took
     * @param now the present time of the engine's ticker
     */
    void executed(long size, Phases phases, long now) {
        last = now;
        Long key = size;
        ComputeCounter counter = bySize.get(key);
        (counter == null ? bySize.computeIfAbsent(key, absent -> new ComputeCounter()) : counter).add(phases);
    }

    /**
     * Counts a request that the response cache has answered: a success that was no execution.
     *
     * @param queued nanoseconds from the request's arrival to the look into the cache
     * @param lookUp nanoseconds that this took
     */
    void cacheHit(long queued, long lookUp) {
        success.add(queued + lookUp);
        queue.add(queued);
        cacheHit.add(lookUp);
    }

    /** Counts a request that succeeded and that the response cache did not know, with the time of looking up and storing. */
    void cacheMiss(long nanos) {
        cacheMiss.add(nanos);
    }

    /** Counts an execution that failed, {@code nanos} after its request arrived. */
    void failed(long nanos) {
        fail.add(nanos);
    }

    /** Counts an execution whose request was withdrawn meanwhile, {@code nanos} after it arrived. */
    void cancelled(long nanos) {
        cancelled.add(nanos);
    }

    /** Counts the first response of a request, for a model that counts those. */
    void responded(PendingRequest request, Ticker ticker) {
        if (firstResponse != null) {
            firstResponse.add(ticker.nanos() - request.arrived());
        }
    }

    /** The requests that did not succeed, whether they were executed or not. */
    public RequestFailures failures() {
        return failures;
    }

    /** The latencies so far, each in its buckets. */
    public List<LatencyCounts> latencies() {
        List<LatencyCounts> latencies = new ArrayList<>(List.of(success.counts(), queue.counts(), execution.counts()));
        if (firstResponse != null) {
            latencies.add(firstResponse.counts());
        }
        return latencies;
    }

    /** What was counted so far, at a time of the engine's ticker. */
    ModelStatistics of(ModelId id, long now) {
        List<Batch> batches = bySize.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new Batch(entry.getKey(), entry.getValue().total()))
                .toList();
        long executions =
                batches.stream().mapToLong(batch -> batch.compute().count()).sum();
        return new ModelStatistics(
                id.name(),
                id.version(),
                executions == 0 ? OptionalLong.empty() : OptionalLong.of(now - last),
                rows.sum(),
                executions,
                success.total(),
                fail.total(),
                cancelled.total(),
                queue.total(),
                compute.total(),
                new Caching(cacheHit.total(), cacheMiss.total()),
                batches);
    }
}
