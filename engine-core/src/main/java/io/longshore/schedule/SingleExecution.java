package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The execution of one request. It is over when the backend's call has returned and the item has had its end, in either
 * order; then {@code whenOver} is told, and only after that the end goes to the caller: so the instance serves somebody
 * else while an answer is written.
 */
final class SingleExecution implements Execution, ExecutionItem {
    private final PendingRequest request;
    private final ResponseShaper shaper;
    private final InferenceContext context;
    private final Consumer<SingleExecution> whenOver;
    private volatile boolean instanceBroken;
    private boolean returned;
    private @Nullable Runnable end;

    SingleExecution(
            PendingRequest request,
            ResponseShaper shaper,
            InferenceContext context,
            Consumer<SingleExecution> whenOver) {
        this.request = request;
        this.shaper = shaper;
        this.context = context;
        this.whenOver = whenOver;
    }

    @Override
    public List<SingleExecution> items() {
        return List.of(this);
    }

    @Override
    public String requestId() {
        return request.request().id();
    }

    @Override
    public List<Tensor> inputs() {
        return request.inputs();
    }

    @Override
    public Parameters parameters() {
        return request.request().parameters();
    }

    @Override
    public List<String> outputs() {
        return request.outputs();
    }

    @Override
    public InferenceContext context() {
        return context;
    }

    @Override
    public void respond(List<Tensor> outputs, Parameters parameters, boolean isFinal) {
        InferenceResponse response = shaper.shape(requestId(), outputs, parameters);
        if (isFinal) {
            endWith(() -> request.respond(response, true));
        } else {
            request.respond(response, false);
        }
    }

    @Override
    public void fail(InferenceException failure) {
        endWith(() -> request.fail(failure));
    }

    private void endWith(Runnable answer) {
        synchronized (this) {
            if (end != null) {
                throw new IllegalStateException("the item has had its end already");
            }
            end = answer;
            if (!returned) {
                return;
            }
        }
        finish(answer);
    }

    /** Whether the backend's call has thrown, so that the instance must not be used again. */
    boolean isInstanceBroken() {
        return instanceBroken;
    }

    /** Says that the backend's call has returned. */
    void returned() {
        Runnable answer;
        synchronized (this) {
            returned = true;
            answer = end;
        }
        if (answer != null) {
            finish(answer);
        }
    }

    /** Says that the backend's call has thrown, which breaks the instance; an item without an end fails. */
    void crashed(String model, Throwable failure) {
        instanceBroken = true;
        Runnable answer;
        synchronized (this) {
            returned = true;
            if (end == null) {
                end = () -> request.fail(new InferenceException(
                        ErrorCode.INTERNAL, "model '" + model + "' failed unexpectedly: " + failure, failure));
            }
            answer = end;
        }
        finish(answer);
    }

    private void finish(Runnable answer) {
        whenOver.accept(this);
        answer.run();
        request.over();
    }
}
