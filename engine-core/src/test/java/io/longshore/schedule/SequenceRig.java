package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.model.QueuePolicy;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Control;
import io.longshore.model.SequenceBatching.ControlKind;
import io.longshore.model.SequenceBatching.Oldest;
import io.longshore.model.SequenceBatching.State;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.FakeContext;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A sequence scheduler over instances that a test controls, with everything counted. Its model has INT64 tensors of shape
 * [1]: input VALUE, state SUM, the controls START, END and ID, and output SUM_OUT: 31 times the state, plus the value.
 */
final class SequenceRig extends CountedModel {
    static final Duration IDLE = Duration.ofSeconds(1);

    final AtomicInteger holds = new AtomicInteger();
    /** What ran where, in order; guarded by itself. */
    final List<Begun> begun = new ArrayList<>();

    FakeBehaviour behaviour = this::sum;
    boolean refusesInstances;
    private final AtomicInteger made = new AtomicInteger();
    private final RequestFailures failures;
    private final SequenceScheduler scheduler;

    /** A request that reached an instance. */
    record Begun(String request, int instance, long correlationId) {}

    /** Where a request stands in its sequence. */
    enum Flag {
        START,
        END
    }

    SequenceRig(int instances, int slots, int bound) {
        this(instances, slots, bound, null);
    }

    /** A rig whose scheduler runs on other threads. */
    SequenceRig(int instances, int slots, int bound, @Nullable Executor threads) {
        List<BackendInstance> all = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            all.add(newInstanceUnchecked());
        }
        ModelConfig config = config(slots, bound);
        ExecutionStatistics statistics = new ExecutionStatistics(config);
        this.failures = statistics.failures();
        Tensor zero = Tensors.ofLongs(MemoryAllocator.HEAP, "SUM", Shape.of(1), 0);
        this.scheduler = new SequenceScheduler(
                config,
                this,
                all,
                InstanceClaims.NONE,
                new SequenceStates(config, List.of(zero)),
                new ExecutionTools(
                        (request, outputs, parameters) ->
                                new InferenceResponse(request.id(), new ModelId("m", 1), outputs, parameters),
                        request -> FakeContext.alone(allocator),
                        ticker,
                        statistics),
                threads == null ? executor : threads,
                delayer);
    }

    private static ModelConfig config(int slots, int bound) {
        SequenceBatching sequences = new SequenceBatching(
                new Oldest(slots, List.of(), Duration.ZERO, false),
                IDLE,
                List.of(
                        new Control("START", ControlKind.START, DataType.INT32, 0, 1),
                        new Control("END", ControlKind.END, DataType.INT32, 0, 1),
                        Control.correlationId("ID", DataType.INT64)),
                List.of(State.of("SUM", "SUM_OUT", DataType.INT64, 1L)));
        try {
            return ModelConfig.builder("m")
                    .backend("fake")
                    .inputs(List.of(ModelInput.of("VALUE", DataType.INT64, 1L)))
                    .outputs(List.of(ModelOutput.of("SUM_OUT", DataType.INT64, 1L)))
                    .queuePolicy(new QueuePolicy(bound, Duration.ZERO))
                    .sequenceBatching(sequences)
                    .build();
        } catch (InvalidModelConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    SequenceScheduler scheduler() {
        return scheduler;
    }

    /** A request that was submitted. */
    record Sent(PendingRequest request, RecordingSink sink) {
        /** What it was answered, which must be a sum. */
        long sum() {
            List<InferenceResponse> responses = sink.responses();
            assertThat(responses).hasSize(1);
            assertThat(responses.get(0).outputs()).extracting(Tensor::name).containsExactly("SUM_OUT");
            return Tensors.longs(responses.get(0).outputs().get(0))[0];
        }

        String outcome() {
            return sink.outcome();
        }
    }

    Sent send(long id, long value, Flag... flags) {
        return send("", id, value, Deadline.NONE, false, flags);
    }

    Sent send(String name, long id, long value, Deadline deadline, boolean callerMayExecute, Flag... flags) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("sequence_id", id);
        List<Flag> set = List.of(flags);
        parameters.put("sequence_start", set.contains(Flag.START));
        parameters.put("sequence_end", set.contains(Flag.END));
        return send(name, value, deadline, callerMayExecute, Parameters.of(parameters));
    }

    Sent send(String name, long value, Deadline deadline, boolean callerMayExecute, Parameters parameters) {
        InferenceRequest plain = InferenceRequest.of(
                ModelSelector.latest("m"), List.of(Tensors.ofLongs(allocator, "VALUE", Shape.of(1), value)));
        InferenceRequest request = new InferenceRequest(
                name,
                plain.model(),
                plain.inputs(),
                plain.outputs(),
                parameters,
                plain.options()
                        .withDeadline(deadline)
                        .withCaller(callerMayExecute ? CallerThread.FREELY : CallerThread.NEVER));
        RecordingSink sink = new RecordingSink();
        PendingRequest pending =
                new PendingRequest(request, request.inputs(), List.of("SUM_OUT"), sink, failures, hold());
        scheduler.submit(pending);
        return new Sent(pending, sink);
    }

    private RequestHold hold() {
        holds.incrementAndGet();
        return new RequestHold() {
            @Override
            public void end() {
                if (holds.decrementAndGet() < 0) {
                    misuses.incrementAndGet();
                }
            }

            @Override
            public RequestHold another() {
                return hold();
            }
        };
    }

    /** Answers as the model does. */
    void sum(ExecutionItem item) {
        long sum = 31 * longOf(item, "SUM") + longOf(item, "VALUE");
        item.respond(
                item.outputs().stream()
                        .map(name -> Tensors.ofLongs(allocator, name, Shape.of(1), sum))
                        .toList(),
                Parameters.NONE,
                true);
    }

    static Tensor input(ExecutionItem item, String name) {
        return item.inputs().stream()
                .filter(input -> input.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static long longOf(ExecutionItem item, String name) {
        return Tensors.longs(input(item, name))[0];
    }

    @Override
    public BackendInstance newInstance() throws BackendException {
        if (refusesInstances) {
            throw new BackendException("no more instances");
        }
        return newInstanceUnchecked();
    }

    private BackendInstance newInstanceUnchecked() {
        return new Instance(made.getAndIncrement());
    }

    /** Lets all run that waits, and pass the time that sequences may be idle, until none is left. */
    void settle() {
        executor.runAll();
        for (int rest = scheduler.load().occupied() + scheduler.load().backlogged(); rest > 0; rest--) {
            delayer.advance(IDLE);
            executor.runAll();
        }
    }

    /** Closes everything and checks that nothing is left. */
    void closeAndCheck(List<Sent> sent) {
        sent.forEach(each -> each.sink().awaitEnd().release());
        assertThat(scheduler.load()).isEqualTo(new SequenceScheduler.Load(0, 0, 0));
        assertThat(holds).as("holds left").hasValue(0);
        closeAndCheckNothingIsLeft(scheduler);
    }

    private final class Instance extends WatchedInstance {
        private final int number;

        Instance(int number) {
            super(openInstances, misuses);
            this.number = number;
        }

        @Override
        void run(ExecutionItem item) {
            synchronized (begun) {
                begun.add(new Begun(item.requestId(), number, longOf(item, "ID")));
            }
            behaviour.execute(item);
        }
    }
}
