package io.longshore.schedule;

import io.longshore.inference.Delayer;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LearnedBatching;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.Ticker;
import io.longshore.model.DynamicBatching;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import io.longshore.spi.Execution;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.MemoryBudgetExceededException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests on the instances of a model, several at once where its configuration asks for it: what runs together, and
 * when, is decided by {@link BatchQueue}; this is the thread-safe shell around it.
 *
 * <p>A request that finds an instance and nobody waiting, and need not wait for others, runs at once. Where its caller
 * permits, and the model has not shown to be slow, it runs on the calling thread: a hop to another costs more than a small
 * model. On a thread that others wait for it runs only where the model has shown to be short. Everything else is run by the
 * executor: when an instance is given back, or when a delay is over. Which instances may be lent is the pool's affair. An
 * instance that throws is closed and replaced; once none is left and none can be made, the model is broken and every request
 * to it fails with the reason.
 *
 * <p>First an instance is leased, then the batch is taken from the queue, then it is assembled: so what is withdrawn or has
 * expired by then is not copied. A request begins in the same breath as it gets its instance, under the lock. From then on it
 * is not over before the instance was given back or has others to serve, even if it is withdrawn meanwhile: so nobody can
 * close the scheduler while an instance is out.
 *
 * <p>A batch that failed in a way that permits it runs again in two halves on the same instance, until the request that is at
 * fault fails alone.
 *
 * <p>The lock guards queue and pool and is held for a few instructions; neither backends nor sinks are called under it.
 */
public final class BatchScheduler implements Scheduler {
    private static final Logger LOG = System.getLogger(BatchScheduler.class.getName());

    private final ModelConfig config;
    private final BackendModel model;
    private final InstanceMaker maker;
    private final ExecutionTools tools;
    private final Executor executor;
    private final Delayer delayer;
    private final Ticker ticker;
    private final BatchAssembler assembler;
    /** Null where answers may overtake each other. */
    private final @Nullable AnswerOrder order;
    /** Made once, and not for each request that changes its thread. */
    private final BiConsumer<BatchAssignment, Turn<BatchAssignment>> work = this::run;

    private final Object lock = new Object();
    private final BatchIntake intake;
    private final BatchQueue<PendingRequest> queue;
    private final WakeupTimer timer;
    private final InstancePool pool;
    private final CallerPrivilege privilege;
    private final CapacityShare share;

    private volatile String brokenBecause = "";
    private volatile Runnable onTrouble = () -> {};

    /**
     * @param config says how requests wait and are put together
     * @param model makes replacements for instances that broke; stays the caller's
     * @param pool closed by {@link #close}, with its instances
     * @param tools what executions need
     * @param allocator memory for assembled inputs
     * @param executor runs requests that cannot run on their caller's thread
     * @param delayer for deadlines and delays; on the clock of {@code tools}
     */
    public BatchScheduler(
            ModelConfig config,
            BackendModel model,
            InstancePool pool,
            ExecutionTools tools,
            MemoryAllocator allocator,
            Executor executor,
            Delayer delayer) {
        this.config = config;
        this.model = model;
        this.maker = new InstanceMaker(config.name(), model);
        this.privilege = new CallerPrivilege(model);
        this.pool = pool;
        this.tools = tools;
        this.ticker = tools.ticker();
        this.executor = executor;
        this.delayer = delayer;
        pool.watchedBy(tools.watch());
        pool.onGrant(this::granted);
        PaddedTensors padding = model.takesItems() ? null : PaddedTensors.of(config);
        this.assembler = new BatchAssembler(allocator, padding, RaggedTensors.of(config));
        this.intake = new BatchIntake(config, padding);
        this.queue = intake.queue();
        this.timer = new WakeupTimer(delayer, this::wakeUp);
        this.share = new CapacityShare(tools.capacity(), this::granted);
        this.order = config.dynamicBatching()
                .filter(DynamicBatching::preserveOrdering)
                .map(batching -> new AnswerOrder())
                .orElse(null);
    }

    @Override
    public void submit(PendingRequest request) {
        request.arrivedAt(ticker.nanos());
        BatchAssignment mine;
        try {
            request.startTimer(delayer);
            mine = leaseOrQueue(request);
        } catch (RejectedExecutionException e) {
            request.reject(InferenceException.stopping(e));
            return;
        } catch (InferenceException e) {
            request.reject(e);
            return;
        } finally {
            settle();
        }
        if (mine != null) {
            start(mine, request);
        }
    }

    /** What runs now that the request is here; null where it waits in the queue or was withdrawn meanwhile. */
    private @Nullable BatchAssignment leaseOrQueue(PendingRequest request) {
        synchronized (lock) {
            if (pool.alive() == 0) {
                throw new InferenceException(ErrorCode.MODEL_FAILED, brokenBecause);
            }
            if (pool.isExhaustedBy(tools.watch().stuck())) {
                throw new InferenceException(
                        ErrorCode.UNAVAILABLE, tools.watch().reason());
            }
            if (order != null) {
                request.takePlace(order);
            }
            intake.arrived(request);
            PoolInstance free = intake.runsAtOnce(request) ? pool.lease() : null;
            if (free != null) {
                return beginOn(free, request);
            }
            enqueue(request);
            return nextAssignment();
        }
    }

    private @Nullable BatchAssignment beginOn(PoolInstance instance, PendingRequest request) {
        if (request.begin()) {
            List<PendingRequest> alone = List.of(request);
            share.begin(instance, alone);
            return new BatchAssignment(alone, instance, null);
        }
        pool.giveBackUnused(instance);
        return null;
    }

    private void enqueue(PendingRequest request) {
        Waiting<PendingRequest> waiting = intake.waiting(request);
        request.onLeaveQueue(() -> withdraw(waiting));
        // One that is withdrawn after this question waits for the lock and then finds itself in the queue.
        if (!request.isWithdrawn()) {
            intake.enqueue(waiting, pool.regular());
        }
    }

    private void start(BatchAssignment assignment, PendingRequest brought) {
        if (privilege.permits(brought.request().options().caller())) {
            run(assignment, null);
        } else {
            handOut(assignment, null);
        }
    }

    /** Runs an assignment on the executor; where that is closed, fails its requests and leaves all to the caller. */
    private boolean runElsewhere(BatchAssignment assignment) {
        try {
            executor.execute(new Turn<>(assignment, work));
            return true;
        } catch (RejectedExecutionException e) {
            assignment.requests().forEach(request -> request.fail(InferenceException.stopping(e)));
            return false;
        }
    }

    /** Runs requests that have begun, in a turn of the executor or, without one, on the thread of a caller. */
    private void run(BatchAssignment assignment, @Nullable Turn<BatchAssignment> turn) {
        List<PendingRequest> wanted = new ArrayList<>(assignment.requests().size());
        List<PendingRequest> withdrawn = new ArrayList<>(0);
        for (PendingRequest request : assignment.requests()) {
            (request.isWithdrawn() ? withdrawn : wanted).add(request);
        }
        if (wanted.isEmpty()) {
            handOut(followUp(assignment), turn);
        } else {
            new Run(assignment, wanted, turn).execute();
        }
        withdrawn.forEach(PendingRequest::over);
    }

    /** Requests on their instance. */
    private final class Run {
        private final BatchAssignment assignment;
        private final List<PendingRequest> requests;
        private final @Nullable Turn<BatchAssignment> turn;
        private final long begun = ticker.nanos();
        private final RequestExecution execution;
        private @Nullable MergedItem merged;

        Run(BatchAssignment assignment, List<PendingRequest> requests, @Nullable Turn<BatchAssignment> turn) {
            this.assignment = assignment;
            this.requests = requests;
            this.turn = turn;
            this.execution = new RequestExecution(requests, config.isBatched(), tools, watched(), over -> finished());
        }

        private StuckWatch.Place watched() {
            return assignment.instance().watched();
        }

        void execute() {
            watched().begin(begun);
            Execution view = view();
            if (view != null) {
                try {
                    assignment.instance().backend().execute(view);
                } catch (Throwable e) {
                    // Whatever user code or a native runtime throws hurts what runs here, and nothing else.
                    LOG.log(Level.ERROR, "an instance of model '" + config.name() + "' broke and is replaced", e);
                    execution.crashed(config.name(), e);
                    return;
                }
            }
            execution.returned();
        }

        /** The requests as the backend takes them; null where there is no memory for all of them at once. */
        private @Nullable Execution view() {
            if ((requests.size() == 1 && !assembler.isForSingleRequests()) || model.takesItems()) {
                return execution;
            }
            try {
                merged = new MergedItem(execution, assembler, model.isRepeatable());
            } catch (MemoryBudgetExceededException | IllegalArgumentException e) {
                LOG.log(Level.DEBUG, "a batch of model '" + config.name() + "' is split", e);
                execution.splitOrFail(e);
            }
            return merged;
        }

        private void finished() {
            watched().end();
            if (merged != null) {
                merged.release();
            }
            BatchAssignment after = execution.isAbandoned() ? assignment.inHalves(requests) : assignment.after();
            if (!execution.isAbandoned()) {
                count();
            }
            if (execution.isInstanceBroken()) {
                replace(assignment.instance(), after);
            } else {
                handOut(after != null ? after : nextAfter(assignment.instance()), turn);
            }
        }

        private void count() {
            long now = ticker.nanos();
            tools.statistics().executed(execution, begun, now);
            execution.items().forEach(item -> item.traced(begun, now));
            if (!execution.isInstanceBroken()) {
                ran(now - begun, now);
            }
        }

        private void ran(long nanos, long now) {
            synchronized (lock) {
                pool.ran(nanos);
                intake.ran(requests, nanos, now);
                privilege.follow(pool);
            }
        }
    }

    @Override
    public ModelStatistics statistics(ModelId id) {
        return tools.statistics().of(id, ticker.nanos());
    }

    /** Has {@code first} run, and whatever else waits and may get an instance now. */
    private void handOut(@Nullable BatchAssignment first, @Nullable Turn<BatchAssignment> turn) {
        List<PendingRequest> refused = new ArrayList<>(0);
        BatchAssignment next = first;
        while (next != null) {
            if ((turn != null && turn.takes(next)) || runElsewhere(next)) {
                next = nextAssignmentLocked();
            } else {
                refused.addAll(next.requests());
                next = followUp(next);
            }
        }
        settle();
        // Only now: the last of them to be over may let the model be unloaded, with all its instances.
        refused.forEach(PendingRequest::over);
    }

    /** What the instance of an assignment does next, or what another does that gets it. */
    private @Nullable BatchAssignment followUp(BatchAssignment done) {
        return done.after() != null ? done.after() : nextAfter(done.instance());
    }

    private @Nullable BatchAssignment nextAfter(PoolInstance instance) {
        synchronized (lock) {
            pool.giveBack(instance);
            share.end(instance);
            return nextAssignment();
        }
    }

    private @Nullable BatchAssignment nextAssignmentLocked() {
        synchronized (lock) {
            return nextAssignment();
        }
    }

    /** The next batch with an instance for it, both under the lock; where there is none, sets the timer for what waits. */
    private @Nullable BatchAssignment nextAssignment() {
        BatchAssignment next = poll();
        if (next == null && !timer.set(queue.nextWakeup(pool.canLend(), share.hasRoom()))) {
            // What waited for others does so no more.
            queue.stopDelays();
            next = poll();
        }
        return next;
    }

    private @Nullable BatchAssignment poll() {
        PoolInstance free = queue.isEmpty() ? null : pool.lease();
        if (free != null) {
            List<PendingRequest> batch = share.poll(queue, free, ticker.nanos());
            if (!batch.isEmpty()) {
                return new BatchAssignment(batch, free, null);
            }
            pool.giveBackUnused(free);
        }
        if (free != null || queue.isEmpty()) {
            // Nothing is to run now, so others may have what further instances got, or wait for.
            pool.relax();
        }
        return null;
    }

    /** Has run what waited for what others had: instances, or work of the background. */
    private void granted() {
        BatchAssignment next;
        synchronized (lock) {
            pool.collectGranted();
            next = nextAssignment();
            share.relax();
        }
        handOut(next, null);
    }

    private void wakeUp() {
        List<PendingRequest> expired;
        BatchAssignment next;
        synchronized (lock) {
            timer.fired();
            expired = queue.expire(ticker.nanos());
            next = nextAssignment();
        }
        expired.forEach(PendingRequest::expireInQueue);
        handOut(next, null);
    }

    /** Puts a new instance into the place of one that broke, which then does what that had left to do. */
    private void replace(PoolInstance broken, @Nullable BatchAssignment after) {
        Optional<BackendInstance> fresh = maker.replacementOf(broken.backend());
        if (fresh.isEmpty()) {
            lose(broken, after, maker.lostBecause());
            return;
        }
        broken.replaceBackend(fresh.get());
        handOut(after == null ? nextAfter(broken) : after, null);
    }

    private void lose(PoolInstance lost, @Nullable BatchAssignment after, String reason) {
        tools.watch().remove(lost.watched());
        InferenceException failure = new InferenceException(ErrorCode.MODEL_FAILED, reason);
        List<PendingRequest> stranded = BatchAssignment.all(after);
        boolean isBroken;
        synchronized (lock) {
            pool.lose(lost);
            share.end(lost);
            isBroken = pool.alive() == 0;
            if (isBroken) {
                brokenBecause = reason;
                stranded.addAll(queue.drain());
            }
        }
        settle();
        if (isBroken) {
            onTrouble.run();
        }
        stranded.forEach(request -> request.reject(failure));
    }

    @Override
    public Optional<LearnedBatching> learned() {
        synchronized (lock) {
            return intake.learned();
        }
    }

    /** Tells other models what was given back. Not under the lock. */
    private void settle() {
        pool.settle();
        share.settle();
    }

    private void withdraw(Waiting<PendingRequest> waiting) {
        synchronized (lock) {
            queue.remove(waiting);
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
            return new Load(queue.size(), queue.longestWait(ticker.nanos()), pool.lent(), pool.canLend());
        }
    }

    /**
     * The scheduler at one moment.
     *
     * @param waiting requests in the queue
     * @param longestWait nanoseconds that the oldest of them has waited; 0 = there is none
     * @param running instances at work
     * @param canRunMore whether another request would get one
     */
    record Load(int waiting, long longestWait, int running, boolean canRunMore) {}

    @Override
    public void onTrouble(Runnable listener) {
        onTrouble = listener;
        tools.watch().onChange(listener);
        if (!brokenBecause.isEmpty() || tools.watch().stuck() > 0) {
            listener.run();
        }
    }

    @Override
    public String stuckBecause() {
        return tools.watch().reason();
    }

    @Override
    public String brokenBecause() {
        return brokenBecause;
    }

    @Override
    public void close() {
        List<PoolInstance> idle;
        synchronized (lock) {
            timer.cancel();
            if (pool.lent() > 0) {
                throw new IllegalStateException(pool.lent() + " instances of model '" + config.name()
                        + "' are still at work while it is closed");
            }
            idle = pool.drain();
            share.forget();
        }
        settle();
        tools.watch().close();
        idle.forEach(instance -> maker.close(instance.backend()));
    }
}
