package io.longshore.schedule;

import io.longshore.inference.CallerThread;
import io.longshore.inference.CorrelationId;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.LearnedBatching;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelId;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Tensor;
import io.longshore.trace.RequestTrace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Answers a request from the cache where an equal one was answered before, without an instance; hands all others to another
 * scheduler, and stores what that answers.
 *
 * <p>A response is stored before it is delivered, so that whoever has an answer and asks again finds it. Two equal requests of
 * which none is answered yet run both, as in Triton. Failures are not stored.
 *
 * <p>For models that give each request one response, and the same to equal ones. Thread-safe.
 */
public final class CachingScheduler implements Scheduler {
    /** Inputs of more bytes than these take a while to hash, for which a thread that must never wait is not used. */
    static final long QUICKLY_HASHED = 16 << 10;

    private static final Logger LOG = System.getLogger(CachingScheduler.class.getName());
    private static final String HIT = "CACHE_HIT";
    private static final String MISS = "CACHE_MISS";

    private final Scheduler scheduler;
    private final ResponseCache.Space cache;
    private final ModelId id;
    private final MemoryAllocator allocator;
    private final Executor executor;
    private final Ticker ticker;
    private final ExecutionStatistics statistics;

    /**
     * @param scheduler runs what is not in the cache; closed by {@link #close}
     * @param cache for this load of the version alone; closed by {@link #close}
     * @param id the version
     * @param allocator memory for the copies in the cache
     * @param executor hashes large requests of threads that must not wait
     * @param ticker tells how long looking up and storing take
     * @param statistics that of the scheduler
     */
    public CachingScheduler(
            Scheduler scheduler,
            ResponseCache.Space cache,
            ModelId id,
            MemoryAllocator allocator,
            Executor executor,
            Ticker ticker,
            ExecutionStatistics statistics) {
        this.scheduler = scheduler;
        this.cache = cache;
        this.id = id;
        this.allocator = allocator;
        this.executor = executor;
        this.ticker = ticker;
        this.statistics = statistics;
    }

    @Override
    public void submit(PendingRequest request) {
        request.arrivedAt(ticker.nanos());
        if (!request.inputs().stream().allMatch(Tensor::isHost)) {
            scheduler.submit(request);
        } else if (request.request().options().caller() == CallerThread.FREELY || isQuicklyHashed(request.inputs())) {
            lookUp(request);
        } else {
            lookUpElsewhere(request);
        }
    }

    private static boolean isQuicklyHashed(List<Tensor> inputs) {
        return inputs.stream().mapToLong(Tensor::byteSize).sum() <= QUICKLY_HASHED;
    }

    private void lookUpElsewhere(PendingRequest request) {
        // It may be withdrawn, and so be over, while it is hashed.
        List<Tensor> held = request.inputs().stream().map(Tensor::retain).toList();
        try {
            executor.execute(() -> lookUpHeld(request, held));
        } catch (RejectedExecutionException e) {
            held.forEach(Tensor::release);
            request.reject(InferenceException.stopping(e));
        }
    }

    private void lookUpHeld(PendingRequest request, List<Tensor> held) {
        try {
            lookUp(request);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a request could not be scheduled because of a defect", e);
            request.reject(new InferenceException(ErrorCode.INTERNAL, "internal error: " + e, e));
        } finally {
            held.forEach(Tensor::release);
        }
    }

    private void lookUp(PendingRequest request) {
        long begun = ticker.nanos();
        RequestDigest digest = RequestHash.of(request);
        CachedResponse found = cache.get(digest);
        long now = ticker.nanos();
        RequestTrace trace = request.request().options().trace();
        if (trace != null) {
            trace.record(found == null ? MISS : HIT, now);
        }
        if (found == null) {
            request.beforeAnswer(response -> store(digest, response, now - begun));
            scheduler.submit(request);
            return;
        }
        try {
            answer(request, found, begun, now);
        } finally {
            found.release();
        }
    }

    private void answer(PendingRequest request, CachedResponse found, long begun, long now) {
        if (!request.begin()) {
            return;
        }
        try {
            if (request.countsAsSuccess()) {
                statistics.cacheHit(begun - request.arrived(), now - begun);
            }
            request.respond(found.answer(request.request().id(), id), true);
        } finally {
            request.over();
        }
    }

    /** Stores a response; whatever comes of that is no business of the request's. */
    private void store(RequestDigest digest, InferenceResponse response, long lookedUp) {
        long begun = ticker.nanos();
        try {
            if (response.outputs().stream().allMatch(Tensor::isHost)
                    && cache.takes(CachedResponse.byteSizeOf(response))) {
                cache.put(digest, CachedResponse.copyOf(response, allocator));
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.log(Level.WARNING, "a response of model '" + id.name() + "' could not be cached", e);
        }
        statistics.cacheMiss(lookedUp + ticker.nanos() - begun);
    }

    @Override
    public boolean hasSequence(CorrelationId sequence) {
        return scheduler.hasSequence(sequence);
    }

    @Override
    public void endSequences() {
        scheduler.endSequences();
    }

    @Override
    public String brokenBecause() {
        return scheduler.brokenBecause();
    }

    @Override
    public String stuckBecause() {
        return scheduler.stuckBecause();
    }

    @Override
    public void onTrouble(Runnable listener) {
        scheduler.onTrouble(listener);
    }

    @Override
    public ModelStatistics statistics(ModelId version) {
        return scheduler.statistics(version);
    }

    @Override
    public Optional<LearnedBatching> learned() {
        return scheduler.learned();
    }

    @Override
    public int waiting() {
        return scheduler.waiting();
    }

    @Override
    public void close() {
        try {
            scheduler.close();
        } finally {
            cache.close();
        }
    }
}
