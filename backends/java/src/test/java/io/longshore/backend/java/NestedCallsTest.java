package io.longshore.backend.java;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.model.ModelSelector;
import io.longshore.spi.FakeContext;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models that call other models. */
class NestedCallsTest extends UserCodeFixture {
    private final CompletableFuture<InferenceResponse> other = new CompletableFuture<>();
    private final FakeContext context = new FakeContext(allocator, Deadline.NONE, (model, inputs, outputs) -> {
        inputs.forEach(Tensor::release);
        return other;
    });

    private final JavaModel passing = (inputs, c) -> c.infer(
                    ModelSelector.latest("other"), List.of(inputs.tensor("IN").retain()), List.of())
            .thenApply(NestedCallsTest::firstAsOutput);

    @Test
    void otherModelsAnswer_becomesTheAnswer() {
        RecordingItem item = item(tensor("IN", 1f), context);
        start(instance(passing), item);
        other.complete(response(5f));

        assertThat(Tensors.floats(item.answer().get(0))).containsExactly(5f);
    }

    @Test
    void chainedCode_runsOnTheServersThreads() {
        AtomicReference<Thread> ran = new AtomicReference<>();
        JavaModel noting = (inputs, c) -> c.infer(ModelSelector.latest("other"), List.of(), List.of())
                .thenApply(response -> {
                    ran.set(Thread.currentThread());
                    return firstAsOutput(response);
                });
        RecordingItem item = item(tensor("IN", 1f), context);
        JavaBackendInstance instance = instance(runtime(threads, true), noting, false);
        start(instance, item);

        other.complete(response(5f));

        assertThat(item.answer()).hasSize(1);
        assertThat(ran.get()).isNotNull().isNotSameAs(Thread.currentThread());
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"INVALID_ARGUMENT", "MODEL_NOT_FOUND", "VERSION_NOT_FOUND", "UNSUPPORTED"})
    void faultOfTheNestedRequest_isNotTheClients(ErrorCode code) {
        RecordingItem item = item(tensor("IN", 1f), context);
        start(instance(passing), item);
        other.completeExceptionally(new InferenceException(code, "no such thing"));

        assertThat(item.failure().code()).isEqualTo(ErrorCode.MODEL_FAILED);
        assertThat(item.failure()).hasMessage("model 'sample' failed to call 'other': no such thing");
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "MODEL_NOT_READY", "MODEL_FAILED"})
    void otherFailures_reachTheClientAsTheyAre(ErrorCode code) {
        RecordingItem item = item(tensor("IN", 1f), context);
        start(instance(passing), item);
        InferenceException failure = new InferenceException(code, "not now");
        other.completeExceptionally(failure);

        assertThat(item.failure()).isSameAs(failure);
    }

    @Test
    void cancelledStage_withdrawsTheNestedRequest() {
        JavaModel impatient = (inputs, c) -> {
            c.infer(ModelSelector.latest("other"), List.of(), List.of())
                    .toCompletableFuture()
                    .cancel(true);
            return answer(1f);
        };
        RecordingItem item = execute(instance(impatient), item(tensor("IN", 1f), context));

        assertThat(item.answer()).hasSize(1);
        assertThat(other).isCancelled();
    }

    @Test
    void contextClassLoader_isTheModelsInItsCodeAndTheServersInItsAnswer() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        ClassLoader foreign = new ClassLoader(before) {};
        AtomicReference<ClassLoader> seen = new AtomicReference<>();
        JavaModel noting = (inputs, c) -> {
            seen.set(Thread.currentThread().getContextClassLoader());
            return answer(1f);
        };
        Thread.currentThread().setContextClassLoader(foreign);
        try {
            execute(instance(runtime(Runnable::run, false), noting, false), item(1f));
            assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(foreign);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        assertThat(seen.get()).isSameAs(before);
    }

    private InferenceResponse response(float value) {
        return new InferenceResponse("", new ModelId("other", 1), List.of(tensor("X", value)), Parameters.NONE);
    }

    private static Outputs firstAsOutput(InferenceResponse response) {
        Outputs outputs = Outputs.of(response.outputs().get(0).renamed("OUT"));
        response.release();
        return outputs;
    }
}
