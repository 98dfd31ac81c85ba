package io.longshore.spi;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.Tensor;
import java.util.List;

/** What an instance of a {@link FakeBackend} does with an item. */
@FunctionalInterface
public interface FakeBehaviour {
    /** Runs the model. */
    void execute(ExecutionItem item);

    /** Answers at once with the first input, under the name of each output wanted. */
    static FakeBehaviour echo() {
        return item -> item.respond(echoOf(item), Parameters.NONE, true);
    }

    /** Fails each request. */
    static FakeBehaviour failing() {
        return item -> item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "the fake model failed"));
    }

    /** Throws instead of answering, which breaks the instance. */
    static FakeBehaviour throwing() {
        return item -> {
            throw new IllegalStateException("the fake model broke");
        };
    }

    /** Answers {@code count} times and then ends with an empty response. */
    static FakeBehaviour decoupled(int count) {
        return item -> {
            for (int i = 0; i < count; i++) {
                item.respond(echoOf(item), Parameters.NONE, false);
            }
            item.respond(List.of(), Parameters.NONE, true);
        };
    }

    /** Passes the inputs on to another model and answers what that answers, whenever it does. */
    static FakeBehaviour calling(String other) {
        return item -> item.context()
                .infer(
                        ModelSelector.latest(other),
                        item.inputs().stream().map(Tensor::retain).toList(),
                        List.of())
                .whenComplete((response, failure) -> {
                    if (response != null) {
                        item.respond(response.outputs(), Parameters.NONE, true);
                    } else {
                        item.fail(failureOf(failure));
                    }
                });
    }

    /** The first input under the name of each output wanted, as new references. */
    static List<Tensor> echoOf(ExecutionItem item) {
        Tensor input = item.inputs().get(0);
        return item.outputs().stream().map(input::renamed).toList();
    }

    private static InferenceException failureOf(Throwable failure) {
        Throwable cause = failure instanceof InferenceException ? failure : failure.getCause();
        return cause instanceof InferenceException known
                ? known
                : new InferenceException(ErrorCode.MODEL_FAILED, String.valueOf(failure));
    }
}
