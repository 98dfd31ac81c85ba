package io.longshore.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.engine.EngineOptions;
import io.longshore.engine.EngineThreads;
import io.longshore.engine.InferenceEngine;
import io.longshore.inference.FakeTicker;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ManualDelayer;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Control;
import io.longshore.model.SequenceBatching.ControlKind;
import io.longshore.model.SequenceBatching.Direct;
import io.longshore.model.SequenceBatching.InitialState;
import io.longshore.model.SequenceBatching.State;
import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import io.longshore.repository.FolderRepository;
import io.longshore.spi.BackendException;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stateful models in the real runtime, through the whole engine. */
class SequenceModelsTest {
    private static final SequenceBatching CONTROLS = new SequenceBatching(
            Direct.DEFAULT,
            SequenceBatching.DEFAULT_MAX_IDLE,
            List.of(
                    new Control("START", ControlKind.START, DataType.INT32, 0, 10),
                    new Control("END", ControlKind.END, DataType.INT32, 0, 100),
                    new Control("READY", ControlKind.READY, DataType.INT32, 0, 1000),
                    Control.correlationId("CORRID", DataType.INT64)),
            List.of());

    @TempDir
    private Path repository;

    private final CountingAllocator allocator = new CountingAllocator();
    private final BudgetedAllocator budget = new BudgetedAllocator(allocator, 1 << 20);
    private final FakeTicker ticker = new FakeTicker();
    private final ManualDelayer delayer = new ManualDelayer(ticker);
    private final List<InferenceEngine> engines = new ArrayList<>();

    private InferenceEngine serve(OnnxGraph graph, Consumer<ModelConfig.Builder> config) throws Exception {
        graph.write(Files.createDirectories(repository.resolve("m/1")).resolve("model.onnx"));
        InferenceEngine engine = new InferenceEngine(
                EngineOptions.DEFAULT,
                List.of(new OnnxRuntimeBackend()),
                new FolderRepository(List.of(repository), "", ""),
                folder -> {
                    ModelConfig.Builder builder =
                            ModelConfig.builder(folder.name()).backend("onnxruntime");
                    config.accept(builder);
                    return builder;
                },
                budget,
                new EngineThreads(Runnable::run, Runnable::run, delayer, ticker));
        engine.start().toCompletableFuture().join();
        engines.add(engine);
        return engine;
    }

    @AfterEach
    void nothingIsLeft() {
        engines.forEach(InferenceEngine::close);
        assertThat(allocator.live()).as("tensors left").isZero();
    }

    private RecordingSink send(Tensor input, Object id, boolean start, boolean end) {
        InferenceRequest plain = InferenceRequest.of(ModelSelector.latest("m"), List.of(input));
        RecordingSink sink = new RecordingSink();
        engines.get(0)
                .infer(
                        new InferenceRequest(
                                "",
                                plain.model(),
                                plain.inputs(),
                                plain.outputs(),
                                Parameters.of(Map.of("sequence_id", id, "sequence_start", start, "sequence_end", end)),
                                plain.options()),
                        sink);
        return sink;
    }

    private List<Tensor> outputs(RecordingSink sink) {
        List<InferenceResponse> responses = sink.responses();
        assertThat(responses).hasSize(1);
        return responses.get(0).outputs();
    }

    private int sum(int value, Object id, boolean start, boolean end) {
        RecordingSink sink = send(Tensors.ofInts(allocator, "INPUT0", Shape.of(1, 1), value), id, start, end);
        int sum = Tensors.ints(outputs(sink).get(0))[0];
        sink.release();
        return sum;
    }

    private float[] history(float value, Object id, boolean start, boolean end) {
        RecordingSink sink = send(Tensors.ofFloats(allocator, "INPUT0", Shape.of(1), value), id, start, end);
        float[] all = Tensors.floats(outputs(sink).get(0));
        sink.release();
        return all;
    }

    @Test
    void controls_reachTheModelAsOrdinaryInputs() throws Exception {
        InferenceEngine engine =
                serve(OnnxModels.sequenceControls(ElementType.INT64), config -> config.sequenceBatching(CONTROLS));

        assertThat(sum(1, 7L, true, false)).isEqualTo(1011);
        assertThat(sum(2, 7L, false, false)).isEqualTo(1002);
        RecordingSink last = send(Tensors.ofInts(allocator, "INPUT0", Shape.of(1, 1), 3), 7L, false, true);
        assertThat(Tensors.ints(outputs(last).get(0))).containsExactly(1103);
        assertThat(Tensors.longs(outputs(last).get(1))).containsExactly(7);
        last.release();
        ModelConfig config = engine.describe(ModelSelector.latest("m")).config();
        assertThat(config.inputs()).containsExactly(ModelInput.of("INPUT0", DataType.INT32, 1L));
        assertThat(config.maxBatchSize()).isEqualTo(4);
    }

    @Test
    void textIds_reachTheModel() throws Exception {
        List<Control> controls = new ArrayList<>(CONTROLS.controls().subList(0, 3));
        controls.add(Control.correlationId("CORRID", DataType.BYTES));
        serve(
                OnnxModels.sequenceControls(ElementType.STRING),
                config -> config.sequenceBatching(
                        new SequenceBatching(Direct.DEFAULT, CONTROLS.maxIdle(), controls, List.of())));
        RecordingSink only = send(Tensors.ofInts(allocator, "INPUT0", Shape.of(1, 1), 3), "seven", true, true);

        assertThat(Tensors.ints(outputs(only).get(0))).containsExactly(1113);
        assertThat(Tensors.strings(outputs(only).get(1))).containsExactly("seven");
        only.release();
    }

    @Test
    void implicitState_isCarriedForEachSequenceByItself() throws Exception {
        InferenceEngine engine = serve(
                OnnxModels.sequenceSum(),
                config -> config.sequenceBatching(states(State.of("SUM_IN", "SUM_OUT", DataType.INT32, 1L))));

        assertThat(sum(1, 7L, true, false)).isEqualTo(1);
        assertThat(sum(100, "other", true, false)).isEqualTo(100);
        assertThat(sum(2, 7L, false, false)).isEqualTo(3);
        assertThat(sum(200, "other", false, true)).isEqualTo(300);
        assertThat(sum(3, 7L, false, false)).isEqualTo(6);
        assertThat(budget.inUse()).as("the state counts").isEqualTo(Integer.BYTES);
        assertThat(sum(4, 7L, true, true)).as("begun anew").isEqualTo(4);
        assertThat(budget.inUse()).isZero();
        ModelConfig config = engine.describe(ModelSelector.latest("m")).config();
        assertThat(config.inputs()).extracting(ModelInput::name).containsExactly("INPUT0");
        assertThat(config.outputs()).extracting(ModelOutput::name).containsExactly("OUTPUT0");
    }

    @Test
    void expiredSequence_givesItsStateBack() throws Exception {
        serve(
                OnnxModels.sequenceSum(),
                config -> config.sequenceBatching(states(State.of("SUM_IN", "SUM_OUT", DataType.INT32, 1L))));
        sum(1, 7L, true, false);
        delayer.advance(SequenceBatching.DEFAULT_MAX_IDLE);

        assertThat(budget.inUse()).isZero();
        assertThat(send(Tensors.ofInts(allocator, "INPUT0", Shape.of(1, 1), 1), 7L, false, false)
                        .failure())
                .hasMessage(
                        "inference request for sequence 7 to model 'm' must specify the START flag on the first request"
                                + " of the sequence");
    }

    @Test
    void stateFromAFileThatGrows_isCarriedInItsNewShape() throws Exception {
        ByteBuffer seed = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.5f)
                .putFloat(0.25f);
        Files.write(
                Files.createDirectories(repository.resolve("m/initial_state")).resolve("seed"), seed.array());
        InitialState initial = new InitialState("seed", List.of(2L), "seed");
        serve(
                OnnxModels.sequenceHistory(),
                config -> config.sequenceBatching(
                        states(new State("PAST", "ALL", DataType.FP32, List.of(-1L), initial, false, false))));

        assertThat(history(1, 7L, true, false)).containsExactly(0.5f, 0.25f, 1);
        assertThat(history(9, 8L, true, true)).containsExactly(0.5f, 0.25f, 9);
        assertThat(history(2, 7L, false, false)).containsExactly(0.5f, 0.25f, 1, 2);
        assertThat(history(3, 7L, false, true)).containsExactly(0.5f, 0.25f, 1, 2, 3);
    }

    @Test
    void stateThatIsAnOutputToo_isAnsweredAndCarried() throws Exception {
        serve(
                OnnxModels.sequenceSum(),
                config -> config.outputs(List.of(ModelOutput.of("SUM_OUT", DataType.INT32, 1L)))
                        .inputs(List.of(ModelInput.of("INPUT0", DataType.INT32, 1L)))
                        .maxBatchSize(2)
                        .sequenceBatching(states(State.of("SUM_IN", "SUM_OUT", DataType.INT32, 1L))));

        assertThat(sum(1, 7L, true, false)).isEqualTo(1);
        assertThat(sum(2, 7L, false, true)).isEqualTo(3);
    }

    @Test
    void twoRows_areRefused() throws Exception {
        serve(
                OnnxModels.sequenceSum(),
                config -> config.sequenceBatching(states(State.of("SUM_IN", "SUM_OUT", DataType.INT32, 1L))));

        assertThat(send(Tensors.ofInts(allocator, "INPUT0", Shape.of(2, 1), 1, 2), 7L, true, false)
                        .failure())
                .hasMessage("inference request to model 'm' must specify batch-size 1 due to requirements of sequence"
                        + " batcher");
    }

    @Test
    void tensorsThatTheModelHasNot_areRefusedAtTheLoad() throws Exception {
        Files.createDirectories(repository.resolve("m/1"));
        ModelConfig.Builder config =
                ModelConfig.builder("m").sequenceBatching(states(State.of("SUM_IN", "NOWHERE", DataType.INT64, 1L)));

        assertThatThrownBy(() -> new OnnxRuntimeBackend()
                        .complete(
                                config,
                                Harness.write(OnnxModels.sequenceSum(), repository.resolve("m/1")),
                                Harness.context(Map.of(), allocator)))
                .isInstanceOf(BackendException.class)
                .hasMessageContainingAll(
                        "configuration expects datatype TYPE_INT64 for input 'SUM_IN', model provides TYPE_INT32",
                        "unexpected inference output 'NOWHERE'");
    }

    private static SequenceBatching states(State... states) {
        return new SequenceBatching(Direct.DEFAULT, SequenceBatching.DEFAULT_MAX_IDLE, List.of(), List.of(states));
    }
}
