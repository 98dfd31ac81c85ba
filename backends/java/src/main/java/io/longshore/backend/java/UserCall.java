package io.longshore.backend.java;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.spi.ExecutionItem;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One item on its way through a model's code. Whatever the code throws, errors of the JVM included, fails the item and goes
 * no further. When the request is cancelled the code is told by an interrupt, and the item ends when the code has returned,
 * whether its stage is complete or not; not earlier, because the code reads the item's inputs.
 */
final class UserCall {
    private final ModelRuntime runtime;
    private final ModelCode object;
    private final ExecutionItem item;
    private final ItemAnswer answer;
    private final CompletableFuture<Void> idle = new CompletableFuture<>();

    private @Nullable Thread inside;
    private boolean abandoned;

    private UserCall(ModelRuntime runtime, ModelCode object, ExecutionItem item) {
        this.runtime = runtime;
        this.object = object;
        this.item = item;
        this.answer = new ItemAnswer(item, runtime);
    }

    /** A call that ends when the item is cancelled, also before it has started. */
    static UserCall of(ModelRuntime runtime, ModelCode object, ExecutionItem item) {
        UserCall call = new UserCall(runtime, object, item);
        item.context().onCancel(call::abandon);
        return call;
    }

    /** Starts the call; the result completes when the object may be called again. */
    CompletableFuture<Void> start() {
        try {
            LoadedCode.outside(() -> runtime.runner().execute(this::run));
        } catch (RejectedExecutionException e) {
            answer.fail(new InferenceException(
                    ErrorCode.UNAVAILABLE,
                    "model '" + runtime.modelName() + "' gets no thread: the server is stopping",
                    e));
            idle.complete(null);
        }
        return idle;
    }

    private void run() {
        if (!enter()) {
            return;
        }
        try {
            runtime.code().call(() -> {
                begin();
                return true;
            });
        } catch (Throwable e) {
            failed(e);
            idle.complete(null);
        } finally {
            leave();
        }
    }

    private void begin() throws Exception {
        Inputs inputs = new Inputs(item);
        InferenceContext context = new NestedCalls(item.context(), runtime);
        item.inputsReady();
        if (object instanceof JavaModel model) {
            checked(model.infer(inputs, context)).whenComplete(this::finishOnce);
        } else {
            DecoupledJavaModel model = (DecoupledJavaModel) object;
            checked(model.infer(inputs, context, answer)).whenComplete(this::finishDecoupled);
        }
    }

    private <T> CompletionStage<T> checked(@Nullable CompletionStage<T> stage) {
        if (stage == null) {
            throw Failures.malformed(runtime.modelName(), "it returned null, expected a stage of its answer");
        }
        return stage;
    }

    private void finishOnce(@Nullable Outputs outputs, @Nullable Throwable failure) {
        item.outputsBegun();
        if (failure != null) {
            failed(failure);
        } else if (outputs == null) {
            answer.fail(Failures.malformed(runtime.modelName(), "its answer is null, expected outputs"));
        } else {
            answer.finish(outputs);
        }
        idle.complete(null);
    }

    private void finishDecoupled(@Nullable Void nothing, @Nullable Throwable failure) {
        if (failure != null) {
            failed(failure);
        } else {
            answer.finish();
        }
        idle.complete(null);
    }

    /** What code throws that was told to stop is no fault of its own. */
    private void failed(Throwable thrown) {
        answer.fail(
                item.context().isCancelled()
                        ? Failures.cancelled(runtime.modelName(), item.context())
                        : Failures.of(runtime.modelName(), thrown));
    }

    private void abandon() {
        synchronized (this) {
            abandoned = true;
            if (inside != null) {
                interruptInside(inside);
                return;
            }
        }
        endAbandoned();
    }

    private void interruptInside(Thread thread) {
        if (runtime.isBlocking() && thread != Thread.currentThread() && !answer.isEnded()) {
            thread.interrupt();
        }
    }

    private void endAbandoned() {
        answer.fail(Failures.cancelled(runtime.modelName(), item.context()));
        idle.complete(null);
    }

    private synchronized boolean enter() {
        if (abandoned) {
            return false;
        }
        inside = Thread.currentThread();
        return true;
    }

    private void leave() {
        synchronized (this) {
            inside = null;
            if (!abandoned) {
                return;
            }
            if (runtime.isBlocking()) {
                // The interrupt was meant for the code, not for what the thread does next.
                Thread.interrupted();
            }
        }
        endAbandoned();
    }
}
