package io.longshore.backend.java;

import static io.longshore.inference.ErrorCode.INVALID_ARGUMENT;
import static io.longshore.inference.ErrorCode.MODEL_FAILED;
import static io.longshore.inference.ErrorCode.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.InferenceException;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a model's code throws, returns or forgets fails its own request, with a message that names the model. */
class UserCodeTest extends UserCodeFixture {
    static Stream<Throwable> faults() {
        return Stream.of(
                new IllegalStateException("boom"),
                new StackOverflowError("boom"),
                new OutOfMemoryError("boom"),
                new NoClassDefFoundError("boom"),
                new AssertionError("boom"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void thrown_failsTheRequestAndNotTheNext(Throwable fault) {
        JavaBackendInstance instance = instance((inputs, context) -> {
            if (inputs.floats("IN")[0] < 0) {
                sneakyThrow(fault);
            }
            return answer(1f);
        });

        InferenceException failure = execute(instance, item(-1f)).failure();

        assertThat(failure.code()).isEqualTo(MODEL_FAILED);
        assertThat(failure)
                .hasMessage("model 'sample' failed: " + fault.getClass().getSimpleName() + ": boom")
                .hasCause(fault);
        assertThat(execute(instance, item(1f)).answer()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void failedStage_isAsIfThrown(Throwable fault) {
        CompletionException wrapped = new CompletionException(fault);
        JavaBackendInstance instance = instance((inputs, context) -> CompletableFuture.failedFuture(wrapped));

        assertThat(execute(instance, item(1f)).failure()).hasCause(fault).hasMessageContaining("boom");
    }

    @Test
    void inferenceException_reachesTheCallerAsItIs() {
        InferenceException blame = new InferenceException(INVALID_ARGUMENT, "IN must be positive");
        JavaBackendInstance instance = instance((inputs, context) -> {
            throw blame;
        });

        assertThat(execute(instance, item(1f)).failure()).isSameAs(blame);
    }

    @Test
    void exhaustedBudget_isNoFaultOfTheModel() {
        JavaBackendInstance instance = instance((inputs, context) -> {
            throw new MemoryBudgetExceededException("no bytes left");
        });

        assertThat(execute(instance, item(1f)).failure().code()).isEqualTo(UNAVAILABLE);
    }

    @Test
    void textThatIsNotUtf8_isTheCallersFault() {
        JavaBackendInstance instance = instance((inputs, context) -> {
            inputs.strings("IN");
            return answer(1f);
        });
        Tensor odd = Tensors.ofBytes(allocator, "IN", Shape.of(1), List.of(new byte[] {(byte) 0xFF}));

        InferenceException failure = execute(instance, item(odd)).failure();

        assertThat(failure.code()).isEqualTo(INVALID_ARGUMENT);
        assertThat(failure).hasMessage("element 0 of tensor 'IN' is not valid UTF-8");
    }

    @Test
    void nullStage_isNamed() {
        JavaBackendInstance instance = instance((inputs, context) -> nothing());

        assertThat(execute(instance, item(1f)).failure())
                .hasMessage("model 'sample' failed: it returned null, expected a stage of its answer");
    }

    @Test
    void nullOutputs_areNamed() {
        JavaBackendInstance instance = instance((inputs, context) -> CompletableFuture.completedFuture(nothing()));

        assertThat(execute(instance, item(1f)).failure())
                .hasMessage("model 'sample' failed: its answer is null, expected outputs");
    }

    @Test
    void missingOutput_isNamed() {
        checkRefused(
                () -> Outputs.of(tensor("OTHER", 1f)), "model 'sample' failed: it gave no output 'OUT', only [OTHER]");
    }

    @Test
    void outputOfAnotherType_isNamed() {
        checkRefused(
                () -> Outputs.of(Tensors.ofInts(allocator, "OUT", Shape.of(1), 1)),
                "model 'sample' failed: it gave output 'OUT' as INT32[1], its configuration says FP32[1]");
    }

    @Test
    void outputOfAnotherShape_isNamed() {
        checkRefused(
                () -> Outputs.of(tensor("OUT", 1f, 2f)),
                "model 'sample' failed: it gave output 'OUT' as FP32[2], its configuration says FP32[1]");
    }

    @Test
    void outputGivenTwice_isNamed() {
        checkRefused(
                () -> Outputs.of(tensor("OUT", 1f), tensor("OUT", 2f)),
                "model 'sample' failed: it gave output 'OUT' twice");
    }

    @Test
    void outputNotAskedFor_isDropped() {
        JavaBackendInstance instance = instance((inputs, context) ->
                CompletableFuture.completedFuture(Outputs.of(tensor("EXTRA", 3f), tensor("OUT", 4f))));

        List<Tensor> answer = execute(instance, item(1f)).answer();

        assertThat(answer).hasSize(1);
        assertThat(Tensors.floats(answer.get(0))).containsExactly(4f);
    }

    @Test
    void missingInput_isNamed() {
        JavaBackendInstance instance = instance((inputs, context) -> {
            inputs.tensor("ABSENT");
            return answer(1f);
        });

        assertThat(execute(instance, item(1f)).failure())
                .hasMessageContaining("the request has no input 'ABSENT', it has [IN]");
    }

    @Test
    void blockingCode_runsOnTheServersThreads() {
        AtomicReference<Thread> ran = new AtomicReference<>();
        execute(instance(noting(ran)), item(1f)).answer();

        assertThat(ran.get()).isNotNull().isNotSameAs(Thread.currentThread());
    }

    @Test
    void nonBlockingCode_runsOnTheCallersThread() {
        AtomicReference<Thread> ran = new AtomicReference<>();
        execute(instance(runtime(Runnable::run, false), noting(ran), false), item(1f))
                .answer();

        assertThat(ran.get()).isSameAs(Thread.currentThread());
    }

    @Test
    void noThreadLeft_failsTheRequest() {
        Executor stopped = task -> {
            throw new RejectedExecutionException("stopped");
        };
        JavaBackendInstance instance =
                instance(runtime(stopped, true), (JavaModel) (inputs, context) -> answer(1f), false);

        assertThat(execute(instance, item(1f)).failure().code()).isEqualTo(UNAVAILABLE);
        assertThat(execute(instance, item(1f)).failure().code()).isEqualTo(UNAVAILABLE);
    }

    private JavaModel noting(AtomicReference<Thread> ran) {
        return (inputs, context) -> {
            ran.set(Thread.currentThread());
            return answer(1f);
        };
    }

    private void checkRefused(Supplier<Outputs> outputs, String message) {
        JavaBackendInstance instance = instance((inputs, context) -> CompletableFuture.completedFuture(outputs.get()));
        RecordingItem item = execute(instance, item(1f));

        assertThat(item.failure().code()).isEqualTo(MODEL_FAILED);
        assertThat(item.failure()).hasMessage(message);
    }

    /** What careless code returns; hidden from the null checker. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"
    }) // The test is what happens when the check is evaded.
    private static <T> T nothing() {
        return null;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Code compiled elsewhere throws what it likes.
    private static <T extends Throwable> void sneakyThrow(Throwable fault) throws T {
        throw (T) fault;
    }
}
