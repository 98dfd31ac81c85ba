package io.longshore.backend.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.spi.RecordingItem;
import io.longshore.spi.RecordingItem.Response;
import io.longshore.tensor.Tensors;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Models that give none, one or many responses. */
class DecoupledTest extends UserCodeFixture {
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    @Test
    void noResponse_isAnEmptyEnd() {
        List<Response> responses =
                execute(decoupled((inputs, context, out) -> DONE), item(1f)).responses();

        assertThat(responses).hasSize(1);
        assertThat(responses.get(0).outputs()).isEmpty();
        assertThat(responses.get(0).isFinal()).isTrue();
    }

    @Test
    void manyResponses_comeInOrderBeforeTheEnd() {
        JavaBackendInstance instance = decoupled((inputs, context, out) -> {
            for (int i = 0; i < 5; i++) {
                out.write(Outputs.of(tensor("OUT", i)));
            }
            return DONE;
        });

        List<Response> responses = execute(instance, item(1f)).responses();

        assertThat(responses).hasSize(6);
        for (int i = 0; i < 5; i++) {
            assertThat(Tensors.floats(responses.get(i).outputs().get(0))).containsExactly(i);
            assertThat(responses.get(i).isFinal()).isFalse();
        }
        assertThat(responses.get(5).isFinal()).isTrue();
    }

    @Test
    void failureBetween_endsTheRequest() {
        JavaBackendInstance instance = decoupled((inputs, context, out) -> {
            out.write(Outputs.of(tensor("OUT", 1f)));
            throw new IllegalStateException("enough");
        });

        assertThat(execute(instance, item(1f)).failure())
                .hasMessage("model 'sample' failed: IllegalStateException: enough");
    }

    @Test
    void malformedResponse_failsTheRequest() {
        JavaBackendInstance instance = decoupled((inputs, context, out) -> {
            out.write(Outputs.of(tensor("OUT", 1f, 2f)));
            return DONE;
        });

        assertThat(execute(instance, item(1f)).failure().code()).isEqualTo(ErrorCode.MODEL_FAILED);
    }

    @Test
    void responseAfterTheEnd_isRefusedAndReleased() {
        CompletableFuture<ResponseWriter> kept = new CompletableFuture<>();
        JavaBackendInstance instance = decoupled((inputs, context, out) -> {
            kept.complete(out);
            return DONE;
        });
        assertThat(execute(instance, item(1f)).responses()).hasSize(1);

        assertThatIllegalStateException()
                .isThrownBy(() -> kept.join().write(Outputs.of(tensor("OUT", 1f))))
                .withMessage("the request has had its end");
    }

    @Test
    void responseAfterCancelling_tellsTheCodeToStop() {
        CompletableFuture<ResponseWriter> kept = new CompletableFuture<>();
        JavaBackendInstance instance = decoupled(
                (inputs, context, out) -> {
                    out.write(Outputs.of(tensor("OUT", 1f)));
                    kept.complete(out);
                    return new CompletableFuture<>();
                },
                Runnable::run);
        RecordingItem item = item(1f);
        start(instance, item);
        item.context().cancel();

        assertThat(item.failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThatThrownBy(() -> kept.join().write(Outputs.of(tensor("OUT", 2f))))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    private JavaBackendInstance decoupled(DecoupledJavaModel model) {
        return decoupled(model, threads);
    }

    private JavaBackendInstance decoupled(DecoupledJavaModel model, Executor runner) {
        return instance(runtime(runner, true), model, false);
    }
}
