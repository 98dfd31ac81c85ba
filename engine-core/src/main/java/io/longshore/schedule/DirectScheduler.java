package io.longshore.schedule;

import io.longshore.inference.Delayer;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs each request by itself on the next idle instance, first come first served, without batching.
 *
 * <p>A request that finds an idle instance and nobody waiting runs at once, on the calling thread where it permits that: a
 * hop to another thread costs more than a small model. Everything else waits in a bounded queue and is run by the
 * executor when an instance is given back. An instance that throws is closed and replaced.
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

    private final Object lock = new Object();
    private final RequestQueue queue;
    private final InstancePool pool;
    private volatile String brokenBecause = "";

    /**
     * @param modelName for messages
     * @param model makes replacements for instances that broke; stays the caller's
     * @param instances at least one; closed by {@link #close}
     * @param maxQueueSize requests that may wait
     * @param shaper makes responses of a backend's outputs
     * @param contexts makes the context of a request for code inside the model
     * @param executor runs requests that cannot run on their caller's thread
     * @param delayer for deadlines
     */
    public DirectScheduler(
            String modelName,
            BackendModel model,
            List<BackendInstance> instances,
            int maxQueueSize,
            ResponseShaper shaper,
            Function<PendingRequest, InferenceContext> contexts,
            Executor executor,
            Delayer delayer) {
        this.modelName = modelName;
        this.model = model;
        this.pool = new InstancePool(instances);
        this.queue = new RequestQueue(maxQueueSize);
        this.shaper = shaper;
        this.contexts = contexts;
        this.executor = executor;
        this.delayer = delayer;
    }

    @Override
    public void submit(PendingRequest request) {
        request.onLeaveQueue(() -> withdraw(request));
        request.startTimer(delayer);
        BackendInstance leased = null;
        InferenceException refusal = null;
        synchronized (lock) {
            if (pool.alive() == 0) {
                refusal = new InferenceException(ErrorCode.MODEL_FAILED, brokenBecause);
            } else if (queue.isEmpty()) {
                leased = pool.lease();
            }
            if (leased == null && refusal == null && !queue.offer(request)) {
                refusal = new InferenceException(
                        ErrorCode.UNAVAILABLE, "Exceeds maximum queue size for model '" + modelName + "'");
            }
        }
        if (refusal != null) {
            request.reject(refusal);
        } else if (leased != null) {
            start(request, leased);
        } else if (request.isWithdrawn()) {
            // Withdrawn before it stood in the queue: its own withdrawal could not find it there.
            withdraw(request);
        }
    }

    private void start(PendingRequest request, BackendInstance instance) {
        if (request.request().options().callerMayExecute()) {
            run(request, instance);
        } else if (!runElsewhere(request, instance)) {
            giveBack(instance);
        }
    }

    /** Runs the request on the executor; where that is closed, rejects it and leaves the instance to the caller. */
    private boolean runElsewhere(PendingRequest request, BackendInstance instance) {
        try {
            executor.execute(() -> run(request, instance));
            return true;
        } catch (RejectedExecutionException e) {
            request.reject(new InferenceException(ErrorCode.UNAVAILABLE, "the server is stopping", e));
            return false;
        }
    }

    private void run(PendingRequest request, BackendInstance instance) {
        if (!request.begin()) {
            giveBack(instance);
            return;
        }
        SingleExecution execution =
                new SingleExecution(request, shaper, contexts.apply(request), over -> finished(over, instance));
        try {
            instance.execute(execution);
        } catch (Throwable e) {
            // Whatever user code or a native runtime throws hurts this request and this instance, nothing else.
            execution.crashed(modelName, e);
            return;
        }
        execution.returned();
    }

    private void finished(SingleExecution execution, BackendInstance instance) {
        if (execution.isInstanceBroken()) {
            replace(instance);
        } else {
            giveBack(instance);
        }
    }

    /** Hands an instance to the request that waits longest, or back to the pool. */
    private void giveBack(BackendInstance instance) {
        PendingRequest next = nextOrIdle(instance);
        while (next != null && !runElsewhere(next, instance)) {
            next = nextOrIdle(instance);
        }
    }

    private @Nullable PendingRequest nextOrIdle(BackendInstance instance) {
        synchronized (lock) {
            PendingRequest next = queue.poll();
            if (next == null) {
                pool.giveBack(instance);
            }
            return next;
        }
    }

    private void replace(BackendInstance broken) {
        closeBroken(broken);
        try {
            giveBack(model.newInstance());
        } catch (BackendException | RuntimeException e) {
            lose("no instance of model '" + modelName + "' is left: " + e.getMessage());
        }
    }

    private void closeBroken(BackendInstance broken) {
        try {
            broken.close();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a broken instance of model '" + modelName + "' could not be closed", e);
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
                throw new IllegalStateException((pool.alive() - idle.size()) + " instances of model '" + modelName
                        + "' are still at work while it is closed");
            }
        }
        idle.forEach(BackendInstance::close);
    }
}
