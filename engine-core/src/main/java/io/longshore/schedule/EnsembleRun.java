package io.longshore.schedule;

import io.longshore.inference.CallerThread;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.Ensemble;
import io.longshore.model.EnsembleShapes;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.schedule.EnsembleFlow.Value;
import io.longshore.tensor.Tensor;
import io.longshore.trace.RequestTrace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through an ensemble: the thread-safe shell around its {@link EnsembleFlow}.
 *
 * <p>The versions of all models that it needs are leased before the first step, so that one that is replaced meanwhile
 * still ends what it is part of. Steps that can begin together do: all but one on the engine's threads, the last one on the
 * thread that brought the request, where that may execute models. That thread goes on with the steps that follow as long
 * as it has run them itself. A step that ends on another thread is followed by steps on the engine's threads, since that
 * thread may be awaited by the next request to the model that has ended.
 *
 * <p>The first failure ends the answer at once and withdraws what else is under way. The request is over when no step is:
 * until then a model may still read tensors that the request holds.
 *
 * <p>The lock guards the state; nothing outside is called while it is held. Calls to the request go through an
 * {@link Outbox}, in the order in which they came about.
 */
final class EnsembleRun {
    private static final Logger LOG = System.getLogger(EnsembleRun.class.getName());

    private final EnsembleScheduler scheduler;
    private final PendingRequest pending;
    private final EnsemblePlan plan;
    private final InferenceRequest.Options stepOptions;
    private final Map<ModelSelector, PartModels.Part> parts = new HashMap<>();
    private final long begun;

    private final Object lock = new Object();
    private final EnsembleFlow flow;
    private final Set<StepCall> open = new LinkedHashSet<>();
    private final List<Thread> drivers = new ArrayList<>(1);
    private final Outbox outbox = new Outbox();
    private @Nullable Runnable firstToTell;
    private boolean hasBegun;
    private boolean stopped;
    private boolean over;
    /** Only touched by what goes through the outbox. */
    private boolean responded;

    /**
     * @param pending one that has begun; this object ends it
     * @param plan for the outputs that it wants
     */
    EnsembleRun(EnsembleScheduler scheduler, PendingRequest pending, EnsemblePlan plan) {
        this.scheduler = scheduler;
        this.pending = pending;
        this.plan = plan;
        this.flow = new EnsembleFlow(plan);
        this.begun = scheduler.ticker().nanos();
        InferenceRequest.Options options = pending.request().options();
        this.stepOptions = options.withCallChain(
                options.callChain().calledFrom(scheduler.config().name()));
    }

    /** Begins. To be called once. */
    void start() {
        pending.onCancel(() -> change(() -> stop(null)));
        InferenceException refusal = leaseAll();
        change(() -> {
            hasBegun = true;
            if (refusal != null) {
                stop(refusal);
            } else if (!stopped) {
                flow.begin(inputs());
            }
        });
        drive(pending.request().options().caller());
    }

    /** Leases the models of all steps; why that is impossible, or null. */
    private @Nullable InferenceException leaseAll() {
        for (int number : plan.needed()) {
            ModelSelector selector = plan.step(number).selector();
            try {
                if (!parts.containsKey(selector)) {
                    parts.put(selector, scheduler.models().lease(selector));
                }
            } catch (InferenceException e) {
                // The model that the caller named is there: that a part of it is not is nothing that he could mend.
                return named(number, new InferenceException(ErrorCode.MODEL_NOT_READY, e.getMessage(), e));
            }
        }
        return null;
    }

    /** All inputs of the ensemble, those that the request leaves out included. */
    private List<Value> inputs() {
        ModelConfig config = scheduler.config();
        Map<String, Tensor> given = new HashMap<>();
        pending.inputs().forEach(input -> given.put(input.name(), input.retain()));
        return config.inputs().stream()
                .map(input -> new Value(input.name(), given.get(input.name()), config.isBatched()))
                .toList();
    }

    /** Starts what can start, until nothing can; what ends on this thread meanwhile is followed up by this loop. */
    private void drive(CallerThread caller) {
        synchronized (lock) {
            if (drivers.contains(Thread.currentThread())) {
                return;
            }
            drivers.add(Thread.currentThread());
        }
        for (List<StepCall> calls = nextCalls(); !calls.isEmpty(); calls = nextCalls()) {
            for (int i = 0; i < calls.size(); i++) {
                calls.get(i).enter(i == calls.size() - 1 ? caller : CallerThread.NEVER);
            }
        }
    }

    /** The calls to make now; where there are none, the calling thread is a driver no more. */
    private List<StepCall> nextCalls() {
        synchronized (lock) {
            List<StepCall> calls = new ArrayList<>();
            if (!stopped) {
                flow.takeReady().forEach(run -> calls.add(call(run)));
                open.addAll(calls);
            }
            if (calls.isEmpty()) {
                drivers.remove(Thread.currentThread());
            }
            return calls;
        }
    }

    private StepCall call(EnsembleFlow.Run run) {
        ModelSelector selector = plan.step(run.step()).selector();
        return new StepCall(this, run, Objects.requireNonNull(parts.get(selector)), scheduler.limit(run.step()));
    }

    /** The request to the ensemble. */
    InferenceRequest request() {
        return pending.request();
    }

    /** What runs for it. */
    EnsemblePlan plan() {
        return plan;
    }

    /** Whether a request to the ensemble may get any number of responses. */
    boolean isDecoupled() {
        return scheduler.config().isDecoupled();
    }

    /** The options of a request to a step's model. */
    InferenceRequest.Options stepOptions(ModelSelector model, CallerThread caller) {
        RequestTrace trace = stepOptions.trace();
        return stepOptions.withCaller(caller).withTrace(trace == null ? null : trace.nested(model.name()));
    }

    /** Whether it has failed or was withdrawn, so that no step is to run any more. */
    boolean isStopped() {
        synchronized (lock) {
            return stopped;
        }
    }

    /** A step's model has responded; the outputs are taken over. */
    void responded(StepCall call, List<Tensor> outputs, boolean batched, boolean decoupled) {
        change(() -> {
            if (!flow.respond(call.run(), outputs, batched, decoupled)) {
                stop(named(
                        call.run().step(),
                        new InferenceException(
                                ErrorCode.UNAVAILABLE,
                                "more than " + EnsembleFlow.MOST_WAITING
                                        + " responses wait for a step that takes them")));
            }
            if (isDecoupled()) {
                for (List<Value> answer = flow.pollAnswer(); answer != null; answer = flow.pollAnswer()) {
                    List<Value> next = answer;
                    post(() -> tell(next));
                }
            }
        });
        drive(CallerThread.NEVER);
    }

    /** A step's model has failed. */
    void failed(StepCall call, InferenceException failure) {
        change(() -> stop(named(call.run().step(), failure)));
    }

    /** A step's model has told its end, or will never be called. */
    void ended(StepCall call) {
        change(() -> {
            flow.end(call.run());
            open.remove(call);
        });
        drive(CallerThread.NEVER);
    }

    private InferenceException named(int number, InferenceException failure) {
        Ensemble.Step step = plan.step(number);
        return new InferenceException(
                failure.code(),
                "in ensemble '" + scheduler.config().name() + "', step " + number + " of model '" + step.model() + "': "
                        + failure.getMessage(),
                failure.getCause());
    }

    /** Under the lock: lets no further step run. The first reason counts; null where the request was withdrawn. */
    private void stop(@Nullable InferenceException why) {
        if (stopped || over) {
            return;
        }
        stopped = true;
        flow.abort();
        if (why != null) {
            post(() -> fail(why));
        }
        List<StepCall> calls = List.copyOf(open);
        post(() -> calls.forEach(StepCall::cancel));
    }

    /** Changes the state under the lock, and then carries out what that has posted. */
    private void change(Runnable change) {
        Runnable first;
        synchronized (lock) {
            change.run();
            if (hasBegun && !over && open.isEmpty() && (stopped || flow.isOver())) {
                over = true;
                List<Value> answer = isDecoupled() ? List.of() : flow.pollAnswer();
                boolean succeeds = !stopped;
                post(() -> end(succeeds, answer));
            }
            first = firstToTell;
            firstToTell = null;
        }
        for (Runnable next = first; next != null; next = nextToTell()) {
            runGuarded(next);
        }
    }

    /** Under the lock. */
    private void post(Runnable call) {
        if (outbox.add(call)) {
            firstToTell = call;
        }
    }

    /** A defect in one call must not keep the others from being carried out. */
    private static void runGuarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a request to an ensemble could not be followed up because of a defect", e);
        }
    }

    private @Nullable Runnable nextToTell() {
        synchronized (lock) {
            return outbox.next();
        }
    }

    /** Passes one of many responses on. */
    private void tell(List<Value> answer) {
        try {
            InferenceResponse response = response(answer);
            notifyFirst();
            pending.respond(response, false);
        } catch (InferenceException e) {
            change(() -> stop(e));
        }
    }

    private void notifyFirst() {
        if (!responded) {
            scheduler.counts().responded(pending, scheduler.ticker());
        }
        responded = true;
    }

    private void end(boolean succeeds, @Nullable List<Value> answer) {
        try {
            if (succeeds) {
                succeed(answer);
            } else if (pending.isWithdrawn()) {
                scheduler.counts().cancelled(scheduler.ticker().nanos() - pending.arrived());
            }
        } finally {
            parts.values().forEach(PartModels.Part::close);
            pending.over();
        }
    }

    private void succeed(@Nullable List<Value> answer) {
        try {
            InferenceResponse response = response(complete(answer));
            long now = scheduler.ticker().nanos();
            if (pending.countsAsSuccess()) {
                Phases phases = new Phases(0, now - begun, 0);
                scheduler.counts().succeeded(rows(), begun - pending.arrived(), phases);
                scheduler.counts().executed(rows(), phases, now);
            } else {
                scheduler.counts().cancelled(now - pending.arrived());
            }
            pending.respond(response, true);
        } catch (InferenceException e) {
            fail(e);
        }
    }

    /** Source of the text: {@code ensemble_scheduler.cc} of Triton's core. */
    private List<Value> complete(@Nullable List<Value> answer) {
        if (answer == null) {
            throw new InferenceException(
                    ErrorCode.MODEL_FAILED,
                    "in ensemble '" + scheduler.config().name() + "', unexpected deadlock, at least one output is not"
                            + " set while no more ensemble steps can be made");
        }
        return answer;
    }

    private long rows() {
        boolean counts = scheduler.config().isBatched() && !pending.inputs().isEmpty();
        return counts ? pending.inputs().get(0).shape().dim(0) : 1;
    }

    private void fail(InferenceException why) {
        if (!pending.isWithdrawn()) {
            scheduler.counts().failed(scheduler.ticker().nanos() - pending.arrived());
        }
        pending.fail(why);
    }

    private InferenceResponse response(List<Value> answer) {
        ModelConfig config = scheduler.config();
        List<Tensor> outputs = new ArrayList<>();
        for (Value value : answer) {
            Tensor tensor = value.tensor();
            if (tensor != null) {
                outputs.add(StepCall.fitted(
                        tensor,
                        EnsembleShapes.taken(
                                tensor.shape(), dims(config, value), config.isBatched(), value.batched())));
            }
        }
        try {
            return scheduler.shaper().shape(pending.request(), outputs, Parameters.NONE);
        } catch (InferenceException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new InferenceException(
                    ErrorCode.MODEL_FAILED,
                    "in ensemble '" + config.name() + "', the outputs do not fit its configuration: " + e.getMessage(),
                    e);
        }
    }

    /** An output's dimensions as the steps give them. */
    private static List<Long> dims(ModelConfig config, Value value) {
        ModelOutput declared = config.outputs().stream()
                .filter(output -> output.name().equals(value.name()))
                .findFirst()
                .orElseThrow();
        List<Long> reshape = declared.reshape();
        return reshape == null ? declared.dims() : reshape;
    }
}
