package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.ResponseSink;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.model.QueuePolicy;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.FakeContext;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A scheduler over instances that a test controls, with everything counted. */
final class SchedulerRig extends CountedModel {
    final AtomicInteger over = new AtomicInteger();
    final List<String> begun = new ArrayList<>();
    FakeBehaviour behaviour;
    boolean refusesInstances;
    boolean mayWait;
    ResponseShaper shaper =
            (asked, outputs, parameters) -> new InferenceResponse(asked.id(), new ModelId("m", 1), outputs, parameters);
    final ExecutionStatistics statistics;
    final ModelConfig config;
    private final BatchScheduler scheduler;

    SchedulerRig(int instances, int maxQueueSize, FakeBehaviour behaviour) {
        this(instances, instances, maxQueueSize, behaviour);
    }

    SchedulerRig(int regular, int instances, int maxQueueSize, FakeBehaviour behaviour) {
        this(regular, instances, maxQueueSize, behaviour, config -> config);
    }

    /** @param config completes the configuration that says what is counted */
    SchedulerRig(
            int regular,
            int instances,
            int maxQueueSize,
            FakeBehaviour behaviour,
            UnaryOperator<ModelConfig.Builder> config) {
        this.behaviour = behaviour;
        this.config = config(draft -> config.apply(draft.queuePolicy(new QueuePolicy(maxQueueSize, Duration.ZERO))));
        this.statistics = new ExecutionStatistics(this.config);
        List<BackendInstance> made = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            made.add(newInstanceUnchecked());
        }
        this.scheduler = new BatchScheduler(
                this.config,
                this,
                new InstancePool(made, regular),
                new ExecutionTools(
                        (asked, outputs, parameters) -> shaper.shape(asked, outputs, parameters),
                        request -> FakeContext.alone(allocator),
                        ticker,
                        statistics),
                allocator,
                executor,
                delayer);
    }

    /** A model that takes and gives a row of one number. */
    static ModelConfig config(UnaryOperator<ModelConfig.Builder> config) {
        try {
            return config.apply(ModelConfig.builder("m")
                            .backend("fake")
                            .maxBatchSize(8)
                            .inputs(List.of(new ModelInput("INPUT0", DataType.FP32, List.of(-1L), null, false)))
                            .outputs(List.of(new ModelOutput("OUTPUT0", DataType.FP32, List.of(-1L), null, null))))
                    .build();
        } catch (InvalidModelConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    BatchScheduler scheduler() {
        return scheduler;
    }

    PendingRequest submit(String id, ResponseSink sink) {
        return submit(id, sink, Deadline.NONE, CallerThread.NEVER);
    }

    PendingRequest submit(String id, ResponseSink sink, Deadline deadline, CallerThread caller) {
        PendingRequest pending = pending(id, sink, deadline, caller);
        scheduler.submit(pending);
        return pending;
    }

    PendingRequest pending(String id, ResponseSink sink, Deadline deadline, CallerThread caller) {
        InferenceRequest plain = InferenceRequest.of(
                ModelSelector.latest("m"), List.of(Tensors.ofFloats(allocator, "INPUT0", Shape.of(1, 1), 1f)));
        InferenceRequest request = new InferenceRequest(
                id,
                plain.model(),
                plain.inputs(),
                plain.outputs(),
                plain.parameters(),
                plain.options().withDeadline(deadline).withCaller(caller));
        return new PendingRequest(
                request, request.inputs(), List.of("OUTPUT0"), sink, statistics.failures(), over::incrementAndGet);
    }

    RecordingSink submit(String id) {
        RecordingSink sink = new RecordingSink();
        submit(id, sink);
        return sink;
    }

    @Override
    public BackendInstance newInstance() throws BackendException {
        if (refusesInstances) {
            throw new BackendException("no more instances");
        }
        return newInstanceUnchecked();
    }

    @Override
    public boolean mayWait() {
        return mayWait;
    }

    private BackendInstance newInstanceUnchecked() {
        return new Instance();
    }

    /** Closes everything and checks that nothing is left. */
    void closeAndCheck(int requests) {
        closeAndCheckNothingIsLeft(scheduler);
        assertThat(over).as("requests over").hasValue(requests);
    }

    private final class Instance extends WatchedInstance {
        Instance() {
            super(openInstances, misuses);
        }

        @Override
        void run(ExecutionItem item) {
            // Readable: nobody has released them.
            item.inputs()
                    .forEach(input -> assertThat(input.buffer().hasRemaining()).isTrue());
            synchronized (begun) {
                begun.add(item.requestId());
            }
            behaviour.execute(item);
        }
    }
}
