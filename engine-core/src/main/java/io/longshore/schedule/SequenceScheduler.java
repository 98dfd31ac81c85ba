package io.longshore.schedule;

import io.longshore.inference.CallerThread;
import io.longshore.inference.CorrelationId;
import io.longshore.inference.Delayer;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.RequestClass;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.model.SequenceBatching;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import io.longshore.tensor.Tensor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the requests of sequences: those of one sequence one after the other, in the order of arrival, on one instance, with
 * the controls and states that the configuration asks for. Each runs by itself, as a batch of one.
 *
 * <p>Who runs where and when is decided by {@link SequenceSlots}; this is the thread-safe shell around it. Threads are used
 * as in {@link BatchScheduler}: an idle instance of a short model is used by the thread that brings the request, everything
 * else runs on the executor. The lock guards the slots and is held for a few instructions; neither backends nor sinks are
 * called under it.
 *
 * <p>A sequence that begins takes a hold of its model's version and keeps it until it ends, so that it ends on the version
 * that it began on.
 */
public final class SequenceScheduler implements Scheduler {
    private static final Logger LOG = System.getLogger(SequenceScheduler.class.getName());
    /** Source: {@code sequence_batch_scheduler.cc} of Triton's core. */
    private static final String EXPIRED = "timeout of the corresponding sequence has been expired";

    private final String modelName;
    private final SequenceRequests requests;
    private final SequenceControls controls;
    private final SequenceStates states;
    private final ExecutionTools tools;
    private final Executor executor;
    private final Delayer delayer;
    private final Ticker ticker;
    /** Made once, and not for each request that changes its thread. */
    private final BiConsumer<Assignment, Turn<Assignment>> work = this::run;

    private final Object lock = new Object();
    private final SequenceSlots slots;
    private final NumberedInstances instances;
    private final InstanceClaims claims;

    private final RunTimeMedian runTime = new RunTimeMedian();
    private final WakeupTimer idleTimer;
    private volatile boolean slow;
    private volatile Runnable onTrouble = () -> {};

    /**
     * @param config that of a model with sequences
     * @param model makes replacements for instances that broke; stays the caller's
     * @param instances at least one; closed by {@link #close}
     * @param claims what they take while they run, in their order; closed too
     * @param states what a sequence carries along
     * @param tools what executions need
     * @param executor runs requests that cannot run on their caller's thread
     * @param delayer for deadlines, and for sequences that nobody goes on with; on the clock of {@code tools}
     */
    public SequenceScheduler(
            ModelConfig config,
            BackendModel model,
            List<BackendInstance> instances,
            InstanceClaims claims,
            SequenceStates states,
            ExecutionTools tools,
            Executor executor,
            Delayer delayer) {
        SequenceBatching sequences = config.sequenceBatching().orElseThrow();
        this.modelName = config.name();
        this.requests = new SequenceRequests(config);
        this.controls = new SequenceControls(config);
        this.states = states;
        this.tools = tools;
        this.executor = executor;
        this.delayer = delayer;
        this.idleTimer = new WakeupTimer(delayer, this::expire);
        this.ticker = tools.ticker();
        this.instances = new NumberedInstances(modelName, model, instances, tools.watch());
        this.claims = claims;
        claims.onGrant(() -> handOut(changed(() -> {}), null, null));
        this.slots = new SequenceSlots(
                instances.size(),
                sequences.strategy().slots(config.maxBatchSize()),
                config.queuePolicy().maxQueueSize(),
                sequences.maxIdle().toNanos());
    }

    /**
     * A request that has begun.
     *
     * @param number that of its instance
     * @param states the sequence's so far, owned; empty at its start
     */
    private record Assignment(SequenceStep step, int number, BackendInstance instance, List<Tensor> states) {
        PendingRequest request() {
            return step.request();
        }
    }

    @Override
    public void submit(PendingRequest request) {
        request.arrivedAt(ticker.nanos());
        request.onExpiry(EXPIRED);
        try {
            SequenceStep step = requests.step(request);
            request.onLeaveQueue(() -> withdraw(step));
            request.startTimer(delayer);
            handOut(changed(() -> offer(step)), step, null);
        } catch (RejectedExecutionException e) {
            request.reject(InferenceException.stopping(e));
        } catch (InferenceException e) {
            request.reject(e);
        }
    }

    private void offer(SequenceStep step) {
        if (!slots.isAlive()) {
            throw new InferenceException(ErrorCode.MODEL_FAILED, instances.lostBecause());
        }
        int stuck = tools.watch().stuck();
        if (stuck > 0 && stuck >= instances.alive()) {
            throw new InferenceException(ErrorCode.UNAVAILABLE, tools.watch().reason());
        }
        // One that is withdrawn after this question waits for the lock and then finds itself in its sequence.
        if (step.request().isWithdrawn()) {
            return;
        }
        switch (slots.offer(step, ticker.nanos())) {
            case TAKEN -> {}
            case NOT_STARTED -> throw requests.notStarted(step);
            case FULL -> throw new InferenceException(ErrorCode.UNAVAILABLE, "Exceeds maximum queue size");
        }
    }

    /** What a change under the lock calls for. */
    private record Changes(List<Runnable> unsettled, List<Assignment> assignments) {}

    /** Changes the slots under the lock and takes out what may run now. */
    private Changes changed(Runnable change) {
        synchronized (lock) {
            change.run();
            watchIdle();
            List<Assignment> assignments = new ArrayList<>(1);
            for (int number = 0; number < instances.count(); number++) {
                Assignment next = next(number);
                if (next != null) {
                    assignments.add(next);
                }
            }
            return new Changes(slots.takeUnsettled(), assignments);
        }
    }

    private @Nullable Assignment next(int number) {
        if (slots.isBusy(number)) {
            return null;
        }
        Assignment next = slots.hasNext(number) && claims.tryTake(number) ? begin(number) : null;
        if (next == null && !slots.hasNext(number)) {
            claims.leave(number);
        }
        return next;
    }

    private @Nullable Assignment begin(int number) {
        for (SequenceStep step = slots.next(number); step != null; step = slots.next(number)) {
            LiveSequence sequence = Objects.requireNonNull(step.sequence());
            if (step.request().begin()) {
                return new Assignment(step, number, instances.get(number), sequence.takeStates());
            }
            slots.over(step, withdrawalOf(step.request()), ticker.nanos());
        }
        return null;
    }

    /**
     * Has everything run that may.
     *
     * @param own the request that the calling thread brought, which it may run itself; null where it brought none
     * @param turn what the calling thread is at, where it is the executor's
     */
    private void handOut(Changes changes, @Nullable SequenceStep own, @Nullable Turn<Assignment> turn) {
        Deque<Assignment> todo = settled(changes);
        List<PendingRequest> refused = new ArrayList<>(0);
        Assignment mine = null;
        for (Assignment next = todo.poll(); next != null; next = todo.poll()) {
            if (next.step() == own && isLeftToCaller(next.request())) {
                mine = next;
            } else if (turn == null || !turn.takes(next)) {
                InferenceException refusal = runElsewhere(next);
                if (refusal != null) {
                    todo.addAll(settled(givenBack(next, refusal)));
                    refused.add(next.request());
                }
            }
        }
        // Only now: the last of them to be over may let the model be unloaded, with all its instances.
        refused.forEach(PendingRequest::over);
        claims.settle();
        tools.capacity().settle();
        if (mine != null) {
            run(mine, null);
        }
    }

    private boolean isLeftToCaller(PendingRequest request) {
        return request.request().options().caller() == CallerThread.FREELY && !slow;
    }

    private static Deque<Assignment> settled(Changes changes) {
        changes.unsettled().forEach(Runnable::run);
        return new ArrayDeque<>(changes.assignments());
    }

    /** Runs a request on the executor; where that is closed, tells its caller and returns what it told. */
    private @Nullable InferenceException runElsewhere(Assignment assignment) {
        try {
            executor.execute(new Turn<>(assignment, work));
            return null;
        } catch (RejectedExecutionException e) {
            InferenceException refusal = InferenceException.stopping(e);
            assignment.request().fail(refusal);
            return refusal;
        }
    }

    /** Takes back what a request had that will not run. */
    private Changes givenBack(Assignment assignment, InferenceException reason) {
        assignment.states().forEach(Tensor::release);
        return changed(() -> {
            claims.leave(assignment.number());
            slots.over(assignment.step(), reason, ticker.nanos());
        });
    }

    /** Runs a request that has begun, in a turn of the executor or, without one, on its caller's thread. */
    private void run(Assignment assignment, @Nullable Turn<Assignment> turn) {
        PendingRequest request = assignment.request();
        if (request.isWithdrawn()) {
            handOut(givenBack(assignment, withdrawalOf(request)), null, turn);
            request.over();
            return;
        }
        new Run(assignment, turn).execute();
    }

    /** A request on its instance. */
    private final class Run {
        private final Assignment assignment;
        private final @Nullable Turn<Assignment> turn;
        private final long begun = ticker.nanos();
        private final SequenceItem item;
        private final StuckWatch.Place watched;
        private final RequestExecution execution;

        Run(Assignment assignment, @Nullable Turn<Assignment> turn) {
            this.assignment = assignment;
            this.turn = turn;
            this.watched = instances.watched(assignment.number());
            this.execution =
                    new RequestExecution(List.of(assignment.request()), false, tools, watched, over -> finished());
            this.item = new SequenceItem(
                    execution.items().get(0), states, controls.of(assignment.step()), assignment.states());
        }

        void execute() {
            watched.begin(begun);
            tools.capacity().begin(kind());
            try {
                assignment.instance().execute(item);
            } catch (Throwable e) {
                // Whatever user code or a native runtime throws hurts this instance and its sequences, nothing else.
                LOG.log(Level.ERROR, "an instance of model '" + modelName + "' broke and is replaced", e);
                execution.crashed(modelName, e);
                return;
            }
            execution.returned();
        }

        private RequestClass kind() {
            return assignment.request().request().options().requestClass();
        }

        private void finished() {
            watched.end();
            tools.capacity().end(kind());
            long now = ticker.nanos();
            tools.statistics().executed(execution, begun, now);
            execution.items().get(0).traced(begun, now);
            InferenceException failure = failure();
            if (execution.isInstanceBroken()) {
                item.settle(false);
                replace(assignment, Objects.requireNonNull(failure));
                return;
            }
            List<Tensor> kept = item.settle(failure == null);
            Changes changes = changed(() -> {
                LiveSequence sequence = Objects.requireNonNull(assignment.step().sequence());
                sequence.keep(kept);
                runTime.add(now - begun);
                slow = runTime.isLong();
                claims.ran(assignment.number());
                slots.over(assignment.step(), failure, now);
            });
            handOut(changes, null, turn);
        }

        /** Why the sequence cannot go on, or null. */
        private @Nullable InferenceException failure() {
            if (assignment.request().isWithdrawn()) {
                return withdrawalOf(assignment.request());
            }
            return execution.items().get(0).isFailed() || execution.isInstanceBroken()
                    ? new InferenceException(
                            ErrorCode.MODEL_FAILED,
                            "an earlier request of sequence "
                                    + assignment.step().id() + " to model '" + modelName
                                    + "' failed, which ends the sequence")
                    : null;
        }
    }

    private static InferenceException withdrawalOf(PendingRequest request) {
        return SequenceSlots.withdrawn(Objects.requireNonNull(request.withdrawal()));
    }

    /** Makes another instance in the place of one that broke; what that knew of its sequences is gone with it. */
    private void replace(Assignment assignment, InferenceException failure) {
        Optional<BackendInstance> fresh = instances.replacementOf(assignment.instance());
        InferenceException reason = new InferenceException(
                ErrorCode.MODEL_FAILED,
                "the instance of model '" + modelName + "' that served the sequence broke, which ends the sequence");
        if (fresh.isEmpty()) {
            tools.watch().remove(instances.watched(assignment.number()));
        }
        Changes changes = changed(() -> {
            instances.set(assignment.number(), fresh);
            claims.ran(assignment.number());
            slots.over(assignment.step(), failure, ticker.nanos());
            slots.broke(assignment.number(), fresh.isPresent(), reason, ticker.nanos());
        });
        if (!brokenBecause().isEmpty()) {
            onTrouble.run();
        }
        handOut(changes, null, null);
    }

    private void withdraw(SequenceStep step) {
        InferenceException reason = withdrawalOf(step.request());
        handOut(changed(() -> slots.withdraw(step, reason, ticker.nanos())), null, null);
    }

    /** Sees to it that sequences which are idle for too long are ended; at once where there are no timers. Under the lock. */
    private void watchIdle() {
        if (!idleTimer.set(slots.nextExpiry())) {
            slots.endIdle(ticker.nanos());
        }
    }

    private void expire() {
        handOut(
                changed(() -> {
                    idleTimer.fired();
                    slots.expire(ticker.nanos());
                }),
                null,
                null);
    }

    @Override
    public boolean hasSequence(CorrelationId id) {
        synchronized (lock) {
            return slots.isLive(id);
        }
    }

    @Override
    public void endSequences() {
        handOut(changed(() -> slots.endIdle(ticker.nanos())), null, null);
    }

    @Override
    public int waiting() {
        synchronized (lock) {
            return slots.waiting();
        }
    }

    /** What there is at this moment. */
    Load load() {
        synchronized (lock) {
            return new Load(slots.waiting(), slots.occupied(), slots.backlogged());
        }
    }

    /**
     * The scheduler at one moment.
     *
     * @param waiting requests that wait, whether for a slot or for the one before
     * @param occupied slots that are taken
     * @param backlogged correlation ids that wait for a slot
     */
    record Load(int waiting, int occupied, int backlogged) {}

    @Override
    public String brokenBecause() {
        synchronized (lock) {
            return slots.isAlive() ? "" : instances.lostBecause();
        }
    }

    @Override
    public String stuckBecause() {
        return tools.watch().reason();
    }

    @Override
    public void onTrouble(Runnable listener) {
        onTrouble = listener;
        tools.watch().onChange(listener);
        if (!brokenBecause().isEmpty() || tools.watch().stuck() > 0) {
            listener.run();
        }
    }

    @Override
    public ModelStatistics statistics(ModelId id) {
        return tools.statistics().of(id, ticker.nanos());
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (slots.occupied() + slots.backlogged() > 0) {
                throw new IllegalStateException((slots.occupied() + slots.backlogged()) + " sequences of model '"
                        + modelName + "' are not over while it is closed");
            }
            idleTimer.cancel();
        }
        tools.watch().close();
        claims.close();
        instances.close();
    }
}
