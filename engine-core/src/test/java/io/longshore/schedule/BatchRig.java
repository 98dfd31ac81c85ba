package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.RequestClass;
import io.longshore.inference.RequestedOutput;
import io.longshore.inference.ResponseSink;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.FakeContext;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler of a model that takes FP32 {@code IN} of rows of any length and gives {@code SAME} and {@code TWICE}, over
 * instances that a test controls, with everything counted.
 */
final class BatchRig extends CountedModel {
    final AtomicInteger over = new AtomicInteger();
    /** The first value of each request that has been answered, in the order of the answers. */
    final List<Float> answered = Collections.synchronizedList(new ArrayList<>());

    /** The rows of each execution's items, in the order of the executions. */
    final List<Long> executed = new ArrayList<>();

    final ExecutionStatistics statistics;
    final ModelConfig config;
    FakeBehaviour behaviour = BatchRig::compute;
    boolean takesItems;
    boolean repeatable = true;
    private final BatchScheduler scheduler;

    /** With the test's own threads in the place of the puppet's. */
    BatchRig(int instances, @Nullable Executor threads, UnaryOperator<ModelConfig.Builder> draft) {
        this(instances, threads, SpareCapacity.unlimited(), draft);
    }

    /** On a machine that it may share with others. */
    BatchRig(int instances, SpareCapacity capacity, UnaryOperator<ModelConfig.Builder> draft) {
        this(instances, null, capacity, draft);
    }

    private BatchRig(
            int instances,
            @Nullable Executor threads,
            SpareCapacity capacity,
            UnaryOperator<ModelConfig.Builder> draft) {
        this.config = config(draft);
        this.statistics = new ExecutionStatistics(config);
        List<BackendInstance> made = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            made.add(newInstance());
        }
        ResponseShaper shaper = (asked, outputs, parameters) ->
                new InferenceResponse(asked.id(), new ModelId("m", 1), outputs, parameters);
        this.scheduler = new BatchScheduler(
                config,
                this,
                new InstancePool(made, instances),
                new ExecutionTools(
                        shaper,
                        request -> FakeContext.alone(allocator),
                        ticker,
                        statistics,
                        StuckWatch.blind(),
                        capacity),
                allocator,
                threads == null ? executor : threads,
                delayer);
    }

    BatchRig(int instances, UnaryOperator<ModelConfig.Builder> draft) {
        this(instances, SpareCapacity.unlimited(), draft);
    }

    private static ModelConfig config(UnaryOperator<ModelConfig.Builder> draft) {
        try {
            return draft.apply(ModelConfig.builder("m")
                            .backend("fake")
                            .maxBatchSize(8)
                            .inputs(List.of(ModelInput.of("IN", DataType.FP32, -1L)))
                            .outputs(List.of(
                                    ModelOutput.of("SAME", DataType.FP32, -1L),
                                    ModelOutput.of("TWICE", DataType.FP32, -1L))))
                    .build();
        } catch (InvalidModelConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    BatchScheduler scheduler() {
        return scheduler;
    }

    /** A request with rows of these values, each of one number, for both outputs. */
    Sent submit(float... values) {
        return send(InferenceRequest.Options.DEFAULT.withCaller(CallerThread.NEVER), List.of(), values.length, values);
    }

    /**
     * A request.
     *
     * @param outputs the outputs wanted; empty = both
     * @param rows rows that the values make
     */
    Sent send(InferenceRequest.Options options, List<String> outputs, int rows, float... values) {
        Sent sent = prepare(options, outputs, rows, values);
        scheduler.submit(sent.request());
        return sent;
    }

    Sent prepare(InferenceRequest.Options options, List<String> outputs, int rows, float... values) {
        Tensor input = Tensors.ofFloats(allocator, "IN", Shape.of(rows, values.length / rows), values);
        InferenceRequest request = new InferenceRequest(
                "",
                ModelSelector.latest("m"),
                List.of(input),
                outputs.stream()
                        .map(name -> new RequestedOutput(name, Parameters.NONE))
                        .toList(),
                Parameters.NONE,
                options);
        RecordingSink sink = new RecordingSink();
        List<String> wanted = outputs.isEmpty() ? List.of("SAME", "TWICE") : outputs;
        PendingRequest pending = new PendingRequest(
                request,
                request.inputs(),
                wanted,
                noting(sink, values[0]),
                statistics.failures(),
                over::incrementAndGet);
        return new Sent(pending, sink, wanted, listOf(values));
    }

    private ResponseSink noting(RecordingSink sink, float first) {
        return new ResponseSink() {
            @Override
            public void onResponse(InferenceResponse response, boolean isFinal) {
                answered.add(first);
                sink.onResponse(response, isFinal);
            }

            @Override
            public void onError(InferenceException failure) {
                sink.onError(failure);
            }
        };
    }

    /**
     * A request on its way.
     *
     * @param outputs names of the outputs wanted
     * @param values what it brings
     */
    record Sent(PendingRequest request, RecordingSink sink, List<String> outputs, List<Float> values) {
        static Sent withDeadline(BatchRig rig, Deadline deadline, float... values) {
            InferenceRequest.Options options =
                    InferenceRequest.Options.DEFAULT.withDeadline(deadline).withCaller(CallerThread.NEVER);
            return rig.send(options, List.of(), values.length, values);
        }

        /** Checks that the answer is what the request would get alone, and releases it. */
        void check() {
            List<InferenceResponse> responses = sink.responses();
            assertThat(responses).hasSize(1);
            List<Tensor> answer = responses.get(0).outputs();
            assertThat(answer).extracting(Tensor::name).isEqualTo(outputs);
            for (Tensor tensor : answer) {
                assertThat(tensor.shape()).isEqualTo(request.inputs().get(0).shape());
                FloatBuffer given = tensor.buffer().asFloatBuffer();
                for (float value : values) {
                    assertThat(given.get()).isEqualTo(tensor.name().equals("TWICE") ? 2 * value : value);
                }
            }
            sink.release();
        }
    }

    /** Answers an item as the model does. */
    static void compute(ExecutionItem item) {
        item.respond(outputsOf(item), Parameters.NONE, true);
    }

    /** What the model makes of an item. */
    static List<Tensor> outputsOf(ExecutionItem item) {
        Tensor input = item.inputs().get(0);
        return item.outputs().stream()
                .map(name -> name.equals("SAME") ? input.renamed(name) : twice(item, input))
                .toList();
    }

    private static Tensor twice(ExecutionItem item, Tensor input) {
        float[] values = floats(input);
        for (int i = 0; i < values.length; i++) {
            values[i] *= 2;
        }
        return Tensors.ofFloats(item.context().allocator(), "TWICE", input.shape(), values);
    }

    private static List<Float> listOf(float... values) {
        List<Float> list = new ArrayList<>(values.length);
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    /** The values of a tensor. */
    static float[] floats(Tensor tensor) {
        float[] values = new float[(int) tensor.shape().elementCount()];
        tensor.buffer().asFloatBuffer().get(values);
        return values;
    }

    @Override
    public BackendInstance newInstance() {
        return new Instance();
    }

    @Override
    public boolean takesItems() {
        return takesItems;
    }

    @Override
    public boolean isRepeatable() {
        return repeatable;
    }

    /** A request of another class, of one row. */
    Sent submit(RequestClass kind, float value) {
        return send(
                InferenceRequest.Options.DEFAULT.withCaller(CallerThread.NEVER).withRequestClass(kind),
                List.of(),
                1,
                value);
    }

    /** Closes everything and checks that nothing is left. */
    void closeAndCheck(int requests) throws BackendException {
        closeAndCheckNothingIsLeft(scheduler);
        assertThat(over).as("requests over").hasValue(requests);
    }

    private final class Instance extends WatchedInstance {
        Instance() {
            super(openInstances, misuses);
        }

        @Override
        void run(ExecutionItem item) {
            synchronized (executed) {
                executed.add(item.inputs().get(0).shape().dim(0));
            }
            behaviour.execute(item);
        }
    }
}
