package io.longshore.schedule;

import io.longshore.inference.Delayer;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelId;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs each request by itself on the next idle instance, first come first served, without batching.
 *
 * <p>A request that finds an instance and nobody waiting runs at once. Where its caller permits, and the model has not shown
 * to be slow, it runs on the calling thread: a hop to another costs more than a small model. Everything else is run by the
 * executor, now or, from a bounded queue, when an instance is given back. Which instances may be lent is the pool's affair.
 * An instance that throws is closed and replaced; once none is left and none can be made, the model is broken and every
 * request to it fails with the reason.
 *
 * <p>A request begins in the same breath as it gets its instance, under the lock. From then on it is not over before the
 * instance was given back, even if it is withdrawn meanwhile: so nobody can close the scheduler while an instance is out.
 *
 * <p>The lock guards queue and pool and is held for a few instructions; neither backends nor sinks are called under it.
 */
public final class DirectScheduler implements Scheduler {
    private static final Logger LOG = System.getLogger(DirectScheduler.class.getName());

    private final String modelName;
    private final BackendModel model;
    private final ResponseShaper shaper;
    private final Function<PendingRequest, InferenceContext> contexts;
    private final Executor executor;
    private final Delayer delayer;
    private final Ticker ticker;
    private final boolean batched;
    private final ExecutionStatistics statistics;
    /** Made once, and not for each request that changes its thread. */
    private final BiConsumer<Assignment, Turn<Assignment>> work = this::run;

    private final Object lock = new Object();
    private final RequestQueue queue;
    private final InstancePool pool;
    /** What the pool says, written under the lock when it changes. */
    private volatile boolean slow;

    private volatile String brokenBecause = "";
    private volatile Runnable onBroken = () -> {};

    /**
     * @param modelName for messages
     * @param model makes replacements for instances that broke; stays the caller's
     * @param pool closed by {@link #close}, with its instances
     * @param maxQueueSize requests that may wait
     * @param shaper makes responses of a backend's outputs
     * @param contexts makes the context of a request for code inside the model
     * @param executor runs requests that cannot run on their caller's thread
     * @param delayer for deadlines
     * @param ticker tells how long a run took
     * @param batched whether the first dimension of every input counts rows
     * @param statistics counts what requests come to
     */
    public DirectScheduler(
            String modelName,
            BackendModel model,
            InstancePool pool,
            int maxQueueSize,
            ResponseShaper shaper,
            Function<PendingRequest, InferenceContext> contexts,
            Executor executor,
            Delayer delayer,
            Ticker ticker,
            boolean batched,
            ExecutionStatistics statistics) {
        this.modelName = modelName;
        this.model = model;
        this.pool = pool;
        this.queue = new RequestQueue(maxQueueSize);
        this.shaper = shaper;
        this.contexts = contexts;
        this.executor = executor;
        this.delayer = delayer;
        this.ticker = ticker;
        this.batched = batched;
        this.statistics = statistics;
    }

    @Override
    public void submit(PendingRequest request) {
        request.arrivedAt(ticker.nanos());
        request.onLeaveQueue(() -> withdraw(request));
        BackendInstance leased;
        try {
            request.startTimer(delayer);
            leased = leaseOrQueue(request);
        } catch (RejectedExecutionException e) {
            request.reject(stopping(e));
            return;
        } catch (InferenceException e) {
            request.reject(e);
            return;
        }
        if (leased != null) {
            start(request, leased);
        }
    }

    /** An instance for the request, or null where it waits in the queue or was withdrawn meanwhile. */
    private @Nullable BackendInstance leaseOrQueue(PendingRequest request) {
        synchronized (lock) {
            if (pool.alive() == 0) {
                throw new InferenceException(ErrorCode.MODEL_FAILED, brokenBecause);
            }
            if (queue.isEmpty() && pool.canLend()) {
                return request.begin() ? pool.lease() : null;
            }
            // One that is withdrawn after this question waits for the lock and then finds itself in the queue.
            if (!request.isWithdrawn() && !queue.offer(request)) {
                throw new InferenceException(ErrorCode.UNAVAILABLE, "Exceeds maximum queue size");
            }
            return null;
        }
    }

    private void start(PendingRequest request, BackendInstance instance) {
        if (request.request().options().callerMayExecute() && !slow) {
            run(request, instance, null);
        } else if (!runElsewhere(new Assignment(request, instance))) {
            handOut(nextAfter(instance), null);
            request.over();
        }
    }

    /** Runs the request on the executor; where that is closed, fails it and leaves both to the caller. */
    private boolean runElsewhere(Assignment assignment) {
        try {
            executor.execute(new Turn<>(assignment, work));
            return true;
        } catch (RejectedExecutionException e) {
            assignment.request().fail(stopping(e));
            return false;
        }
    }

    private static InferenceException stopping(RejectedExecutionException cause) {
        return new InferenceException(ErrorCode.UNAVAILABLE, "the server is stopping", cause);
    }

    private void run(Assignment assignment, Turn<Assignment> turn) {
        run(assignment.request(), assignment.instance(), turn);
    }

    /** Runs a request that has begun, in a turn of the executor or, without one, on its caller's thread. */
    private void run(PendingRequest request, BackendInstance instance, @Nullable Turn<Assignment> turn) {
        if (request.isWithdrawn()) {
            handOut(nextAfter(instance), turn);
            request.over();
            return;
        }
        long begun = ticker.nanos();
        SingleExecution execution = new SingleExecution(
                request,
                shaper,
                contexts,
                ticker,
                statistics.whenResponding(request, ticker),
                over -> finished(over, instance, begun, turn));
        try {
            instance.execute(execution);
        } catch (Throwable e) {
            // Whatever user code or a native runtime throws hurts this request and this instance, nothing else.
            LOG.log(Level.ERROR, "an instance of model '" + modelName + "' broke and is replaced", e);
            execution.crashed(modelName, e);
            return;
        }
        execution.returned();
    }

    private void finished(
            SingleExecution execution, BackendInstance instance, long begun, @Nullable Turn<Assignment> turn) {
        long now = ticker.nanos();
        statistics.executed(execution, rows(execution.request()), begun, now);
        execution.traced(begun, now);
        if (execution.isInstanceBroken()) {
            replace(instance);
        } else {
            handOut(nextAfterRun(instance, now - begun), turn);
        }
    }

    private long rows(PendingRequest request) {
        return batched && !request.inputs().isEmpty()
                ? request.inputs().get(0).shape().dim(0)
                : 1;
    }

    @Override
    public ModelStatistics statistics(ModelId id) {
        return statistics.of(id, ticker.nanos());
    }

    /** Has {@code first} run, and whatever else waits and may get an instance now. */
    private void handOut(@Nullable Assignment first, @Nullable Turn<Assignment> turn) {
        List<PendingRequest> refused = new ArrayList<>(0);
        Assignment next = first;
        while (next != null) {
            if ((turn != null && turn.takes(next)) || runElsewhere(next)) {
                next = nextAssignment();
            } else {
                refused.add(next.request());
                next = nextAfter(next.instance());
            }
        }
        // Only now: the last of them to be over may let the model be unloaded, with all its instances.
        refused.forEach(PendingRequest::over);
    }

    /** A request that has begun, and the instance it runs on. */
    private record Assignment(PendingRequest request, BackendInstance instance) {}

    /** Takes an instance back from a run of so many nanoseconds, for the request that waits longest. */
    private @Nullable Assignment nextAfterRun(BackendInstance instance, long nanos) {
        synchronized (lock) {
            pool.ran(nanos);
            if (slow != pool.isSlow()) {
                slow = pool.isSlow();
            }
            return nextAfter(instance);
        }
    }

    private @Nullable Assignment nextAfter(BackendInstance instance) {
        synchronized (lock) {
            pool.giveBack(instance);
            return nextAssignment();
        }
    }

    private @Nullable Assignment nextAssignment() {
        synchronized (lock) {
            while (pool.canLend()) {
                PendingRequest next = queue.poll();
                if (next == null) {
                    return null;
                }
                if (next.begin()) {
                    return new Assignment(next, Objects.requireNonNull(pool.lease()));
                }
            }
            return null;
        }
    }

    private void replace(BackendInstance broken) {
        closeQuietly(broken);
        BackendInstance fresh;
        try {
            fresh = model.newInstance();
        } catch (Throwable e) {
            // A native runtime that just failed may throw anything at all.
            LOG.log(Level.ERROR, "a broken instance of model '" + modelName + "' could not be replaced", e);
            lose("no instance of model '" + modelName + "' is left: " + e.getMessage());
            return;
        }
        handOut(nextAfter(fresh), null);
    }

    private void closeQuietly(BackendInstance instance) {
        try {
            instance.close();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "an instance of model '" + modelName + "' could not be closed", e);
        }
    }

    private void lose(String reason) {
        List<PendingRequest> stranded = new ArrayList<>();
        synchronized (lock) {
            pool.lose();
            if (pool.alive() > 0) {
                return;
            }
            brokenBecause = reason;
            for (PendingRequest next = queue.poll(); next != null; next = queue.poll()) {
                stranded.add(next);
            }
        }
        onBroken.run();
        for (PendingRequest request : stranded) {
            request.reject(new InferenceException(ErrorCode.MODEL_FAILED, reason));
        }
    }

    private void withdraw(PendingRequest request) {
        synchronized (lock) {
            queue.remove(request);
        }
    }

    @Override
    public int waiting() {
        synchronized (lock) {
            return queue.size();
        }
    }

    /** What there is to do at this moment. */
    Load load() {
        synchronized (lock) {
            return new Load(queue.size(), pool.lent(), pool.canLend());
        }
    }

    /**
     * The scheduler at one moment.
     *
     * @param waiting requests in the queue
     * @param running instances at work
     * @param canRunMore whether another request would get one
     */
    record Load(int waiting, int running, boolean canRunMore) {}

    @Override
    public void onBroken(Runnable listener) {
        onBroken = listener;
        if (!brokenBecause.isEmpty()) {
            listener.run();
        }
    }

    @Override
    public String brokenBecause() {
        return brokenBecause;
    }

    @Override
    public void close() {
        List<BackendInstance> idle = new ArrayList<>();
        synchronized (lock) {
            for (@Nullable BackendInstance next = pool.lease(); next != null; next = pool.lease()) {
                idle.add(next);
            }
            if (idle.size() != pool.alive()) {
                idle.forEach(pool::giveBack);
                throw new IllegalStateException((pool.alive() - idle.size()) + " instances of model '" + modelName
                        + "' are still at work while it is closed");
            }
        }
        idle.forEach(this::closeQuietly);
    }
}
