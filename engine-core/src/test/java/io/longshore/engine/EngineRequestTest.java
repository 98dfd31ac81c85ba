package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.RequestClass;
import io.longshore.inference.ResponseSink;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.model.QueuePolicy;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBackend.Fault;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.DataType;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Requests through the whole engine: refusals, deadlines, nested calls, draining. */
class EngineRequestTest {
    private final EngineRig rig = new EngineRig();
    private final HeldItems held = new HeldItems();

    private InferenceRequest request(String model, Deadline deadline) {
        InferenceRequest plain = rig.request(ModelSelector.latest(model));
        return new InferenceRequest(
                "7",
                plain.model(),
                plain.inputs(),
                plain.outputs(),
                plain.parameters(),
                plain.options().withDeadline(deadline));
    }

    private RecordingSink infer(InferenceRequest request) {
        RecordingSink sink = new RecordingSink();
        rig.infer(request, sink);
        return sink;
    }

    @Test
    void refusals_nameTheRequest() {
        rig.repository.put("m");
        rig.start();
        InferenceRequest twice = rig.request(ModelSelector.latest("m"));
        InferenceRequest named = request("m", Deadline.NONE);
        named.inputs().get(0).retain();
        InferenceRequest doubled = new InferenceRequest(
                "7",
                named.model(),
                List.of(named.inputs().get(0), named.inputs().get(0)),
                List.of(),
                named.parameters(),
                named.options());
        twice.inputs().get(0).retain();

        assertThat(infer(doubled).failure()).hasMessage("[request id: 7] input 'INPUT0' already exists in request");
        assertThat(infer(InferenceRequest.of(
                                twice.model(),
                                List.of(twice.inputs().get(0), twice.inputs().get(0))))
                        .failure())
                .hasMessage("[request id: <id_unknown>] input 'INPUT0' already exists in request");
        rig.closeAndCheck();
    }

    @Test
    void decoupledModel_doesNotRunForASinkThatRefusesIt() {
        rig.backend.behave("m", held);
        rig.configs.put("m", config -> config.decoupled(true));
        rig.repository.put("m");
        rig.start();
        AtomicReference<InferenceException> told = new AtomicReference<>();
        rig.engine().infer(rig.request(ModelSelector.latest("m")), new ResponseSink() {
            @Override
            public InferenceException refusalOfDecoupled() {
                return new InferenceException(ErrorCode.UNSUPPORTED, "one answer only");
            }

            @Override
            public void onResponse(InferenceResponse response, boolean isFinal) {
                response.release();
            }

            @Override
            public void onError(InferenceException failure) {
                told.set(failure);
            }
        });

        assertThat(told.get()).hasMessage("one answer only");
        assertThat(held.size()).isZero();
        rig.closeAndCheck();
    }

    @Test
    void unknownModelAndVersion_haveTheirOwnCodes() {
        rig.repository.put("m");
        rig.start();

        RecordingSink model = rig.infer("nobody");
        RecordingSink version = rig.infer(ModelSelector.exact("m", 9));
        assertThat(model.failure().code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(model.failure()).hasMessage("Request for unknown model: 'nobody' is not found");
        assertThat(version.failure().code()).isEqualTo(ErrorCode.VERSION_NOT_FOUND);
        assertThat(version.failure()).hasMessage("Request for unknown model: 'm' version 9 is not found");
        rig.closeAndCheck();
    }

    @Test
    void deadlineThatHasComeAtArrival_isRefusedWithoutRunning() {
        rig.backend.behave("m", held);
        rig.repository.put("m");
        rig.start();
        RecordingSink sink = infer(request("m", Deadline.after(Duration.ofSeconds(-1), rig.ticker)));

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(held.size()).isZero();
        assertThat(rig.delayer.pending()).isZero();
        rig.closeAndCheck();
    }

    @Test
    void endlessTimeout_isServed() {
        rig.configs.put(
                "m", config -> config.queuePolicy(new QueuePolicy(8, Duration.of(Long.MAX_VALUE, ChronoUnit.MICROS))));
        rig.repository.put("m");
        rig.start();

        assertThat(rig.infer("m").responses()).hasSize(1);
        assertThat(infer(request("m", Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), rig.ticker)))
                        .responses())
                .hasSize(1);
        assertThat(rig.delayer.pending())
                .as("timers, of which one is for stuck instances")
                .isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void timeoutOfTheModelsQueue_endsWhatWaitsAndNotWhatRuns() {
        rig.backend.behave("m", held);
        rig.configs.put("m", config -> config.queuePolicy(new QueuePolicy(8, Duration.ofMillis(3))));
        rig.repository.put("m");
        rig.start();
        RecordingSink runs = rig.infer("m");
        RecordingSink waits = rig.infer("m");
        RecordingSink waitsShorter = infer(request("m", Deadline.after(Duration.ofMillis(2), rig.ticker)));
        RecordingSink waitsNotLonger = infer(request("m", Deadline.after(Duration.ofMillis(9), rig.ticker)));
        rig.delayer.advance(Duration.ofMillis(2));

        assertThat(waitsShorter.outcome()).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(waits.outcome()).isEqualTo("OPEN");
        rig.delayer.advance(Duration.ofMillis(1));

        assertThat(runs.outcome()).isEqualTo("OPEN");
        assertThat(List.of(waits, waitsNotLonger)).allSatisfy(each -> {
            assertThat(each.failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(each.failure()).hasMessage("Request timeout expired");
        });
        finish();
    }

    @Test
    void sinkThatThrowsAtARefusal_doesNotThrowIntoTheCaller() {
        rig.start();
        rig.engine().infer(rig.request(ModelSelector.latest("nobody")), new ResponseSink() {
            @Override
            public void onResponse(InferenceResponse response, boolean isFinal) {
                response.release();
            }

            @Override
            public void onError(InferenceException failure) {
                throw new IllegalStateException("the sink broke");
            }
        });

        rig.closeAndCheck();
    }

    @Test
    void nestedCall_isAnswered() {
        rig.backend.behave("outer", FakeBehaviour.calling("inner"));
        rig.repository.put("outer", "inner");
        rig.start();

        assertThat(rig.infer("outer").responses()).hasSize(1);
        rig.closeAndCheck();
    }

    @Test
    void cycle_isAnErrorThatNamesTheWay() {
        rig.backend.behave("a", FakeBehaviour.calling("b")).behave("b", FakeBehaviour.calling("a"));
        rig.repository.put("a", "b");
        rig.start();

        InferenceException failure = rig.infer("a").failure();
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(failure).hasMessageContaining("model 'a' is called by itself: a -> b -> a");
        rig.closeAndCheck();
    }

    @Test
    void chainThatIsTooDeep_isAnError() {
        for (int i = 0; i < 20; i++) {
            rig.backend.behave("m" + i, FakeBehaviour.calling("m" + (i + 1)));
            rig.repository.put("m" + i);
        }
        rig.start();

        assertThat(rig.infer("m0").failure()).hasMessageContaining("models call each other more than 16 deep");
        assertThat(rig.infer("m5").failure().code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        rig.closeAndCheck();
    }

    @Test
    void deadline_travelsIntoNestedCalls() {
        rig.backend.behave("outer", FakeBehaviour.calling("inner")).behave("inner", held);
        rig.repository.put("outer", "inner");
        rig.start();
        Deadline deadline = Deadline.after(Duration.ofMillis(5), rig.ticker);
        RecordingSink sink = infer(request("outer", deadline));
        assertThat(held.size()).isEqualTo(1);
        ExecutionItem inner = held.take();
        assertThat(inner.context().deadline().nanos()).isEqualTo(deadline.nanos());
        assertThat(inner.requestId()).isEqualTo("7");
        rig.delayer.advance(Duration.ofMillis(5));

        assertThat(sink.outcome()).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(inner.context().isCancelled()).isTrue();
        inner.fail(new InferenceException(ErrorCode.CANCELLED, "stopped"));
        rig.closeAndCheck();
    }

    @Test
    void codeThatWorksForTheBackground_needsNoRoomForItsCalls() {
        AtomicInteger begun = new AtomicInteger();
        int processors = Runtime.getRuntime().availableProcessors();
        rig.backend.behave("inner", held);
        rig.repository.put("inner");
        for (int i = 0; i < processors; i++) {
            rig.repository.put("outer" + i);
            rig.backend.behave("outer" + i, item -> {
                begun.incrementAndGet();
                FakeBehaviour.calling("inner").execute(item);
            });
        }
        rig.start();
        List<RecordingSink> sinks = new ArrayList<>();
        for (int i = 0; i < processors; i++) {
            InferenceRequest plain = rig.request(ModelSelector.latest("outer" + i));
            sinks.add(infer(plain.withOptions(plain.options().withRequestClass(RequestClass.BACKGROUND))));
            rig.inference.runAll();
        }

        assertThat(begun).as("executions of the background, all of which ask").hasValue(processors);
        for (int i = 0; i < processors; i++) {
            held.answerNext();
            rig.inference.runAll();
        }
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.outcome()).isEqualTo("OK"));
        rig.closeAndCheck();
    }

    @Test
    void cancellingTheOuterCall_cancelsTheInner() {
        rig.backend.behave("outer", FakeBehaviour.calling("inner")).behave("inner", held);
        rig.repository.put("outer", "inner");
        rig.start();
        RecordingSink sink = new RecordingSink();
        InferenceCall call = rig.infer(rig.request(ModelSelector.latest("outer")), sink);
        ExecutionItem inner = held.take();
        call.cancel();

        assertThat(sink.outcome()).isEqualTo("CANCELLED");
        assertThat(inner.context().isCancelled()).isTrue();
        assertThat(rig.engine().requestsInFlight()).as("both still run").isEqualTo(1);
        inner.fail(new InferenceException(ErrorCode.CANCELLED, "stopped"));
        rig.closeAndCheck();
    }

    @Test
    void outputsThatDoNotFitTheirReshape_failTheRequestAndGiveTheirMemoryBack() {
        rig.configs.put(
                "m",
                config -> config.outputs(
                        List.of(new ModelOutput("OUTPUT0", DataType.FP32, List.of(3L), List.of(1L, 3L), null))));
        rig.repository.put("m");
        rig.start();

        InferenceException failure = rig.infer("m").failure();
        assertThat(failure.code()).isEqualTo(ErrorCode.MODEL_FAILED);
        assertThat(failure).hasMessageContaining("output 'OUTPUT0' has shape [2], expected [1,3]");
        rig.closeAndCheck();
    }

    @Test
    void draining_letsNestedCallsInAndNobodyElse() {
        rig.backend.behave("outer", held);
        rig.repository.put("outer", "inner");
        rig.start();
        RecordingSink running = rig.infer("outer");
        rig.engine().announceStop();
        assertThat(rig.engine().readiness().reason()).isEqualTo("Server exiting");
        RecordingSink stillWelcome = rig.infer("inner");
        assertThat(stillWelcome.responses()).hasSize(1);

        CompletableFuture<Void> drained = rig.engine().stopAccepting().toCompletableFuture();
        assertThat(rig.infer("inner").failure())
                .hasMessage("Server is stopping, scheduler for model has stopped accepting new inference requests");
        assertThat(drained).isNotDone();
        FakeBehaviour.calling("inner").execute(held.take());

        assertThat(running.responses()).hasSize(1);
        assertThat(drained).isCompleted();
        assertThat(rig.engine().isLive()).isTrue();
        rig.closeAndCheck();
        assertThat(rig.engine().isLive()).isFalse();
    }

    @Test
    void modelWithoutInstancesLeft_isNotReadyAndSaysWhy() {
        EngineRig broken = new EngineRig(ControlMode.NONE);
        broken.backend.behave("m", FakeBehaviour.throwing());
        broken.repository.put("m");
        broken.start();
        broken.backend.fail("m", Fault.NEW_INSTANCE);

        assertThat(broken.infer("m").failure().code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(broken.infer("m").failure().code()).isEqualTo(ErrorCode.MODEL_FAILED);
        assertThat(broken.engine().readiness(ModelSelector.latest("m")).reason())
                .isEqualTo("no instance of model 'm' is left: fake fault NEW_INSTANCE");
        assertThat(broken.engine().readiness().isReady()).isFalse();
        broken.closeAndCheck();
    }

    private void finish() {
        while (held.answerAll() > 0) {
            rig.inference.runAll();
        }
        rig.closeAndCheck();
    }
}
