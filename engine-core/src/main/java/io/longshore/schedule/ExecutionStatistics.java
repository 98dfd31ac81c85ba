package io.longshore.schedule;

import io.longshore.inference.LatencyCounts;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatistics.Batch;
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
    private final RequestFailures failures = new RequestFailures();
    private final LongAdder rows = new LongAdder();
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
     * Counts what an execution of one request came to.
     *
     * @param size the request's rows
     * @param begun when the execution began
     * @param now the present time of the engine's ticker
     */
    void executed(SingleExecution execution, long size, long begun, long now) {
        PendingRequest request = execution.request();
        if (request.isWithdrawn()) {
            cancelled(now - request.arrived());
        } else if (execution.isFailed()) {
            failed(now - request.arrived());
        } else if (request.countsAsSuccess()) {
            Phases phases = Phases.of(begun, now, execution.inputsReadyAt(), execution.outputsBegunAt());
            succeeded(size, begun - request.arrived(), phases, now);
        } else {
            cancelled(now - request.arrived());
        }
    }

    /**
     * Counts an execution of one request that succeeded.
     *
     * @param size its rows
     * @param queued nanoseconds from the request's arrival to the execution's beginning
     * @param phases how long it took
     * @param now the present time of the engine's ticker
     */
    void succeeded(long size, long queued, Phases phases, long now) {
        last = now;
        success.add(queued + phases.total());
        queue.add(queued);
        execution.add(phases.total());
        rows.add(size);
        Long key = size;
        ComputeCounter counter = bySize.get(key);
        (counter == null ? bySize.computeIfAbsent(key, absent -> new ComputeCounter()) : counter).add(phases);
    }

    /** Counts an execution that failed, {@code nanos} after its request arrived. */
    void failed(long nanos) {
        fail.add(nanos);
    }

    /** Counts an execution whose request was withdrawn meanwhile, {@code nanos} after it arrived. */
    void cancelled(long nanos) {
        cancelled.add(nanos);
    }

    /** Counts the first response of a request, to be run when it comes; null where that is not counted. */
    @Nullable
    Runnable whenResponding(PendingRequest request, Ticker ticker) {
        LatencyHistogram latencies = firstResponse;
        return latencies == null ? null : () -> latencies.add(ticker.nanos() - request.arrived());
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
        Compute compute = batches.stream().map(Batch::compute).reduce(Compute.NONE, Compute::plus);
        return new ModelStatistics(
                id.name(),
                id.version(),
                compute.count() == 0 ? OptionalLong.empty() : OptionalLong.of(now - last),
                rows.sum(),
                compute.count(),
                success.total(),
                fail.total(),
                cancelled.total(),
                queue.total(),
                compute,
                batches);
    }
}
