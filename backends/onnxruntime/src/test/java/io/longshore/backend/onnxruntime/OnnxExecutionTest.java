package io.longshore.backend.onnxruntime;

import static io.longshore.onnx.Dim.dim;
import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ErrorCode;
import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import io.longshore.onnx.OnnxNode;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxExecutionTest {
    /** Elements of tensors that are copied to an instance's memory. */
    private static final int SMALL = 4;

    /** Elements of tensors that the runtime reads and writes where they lie. */
    private static final int LARGE = 2 * StagePlan.CAPACITY;

    @TempDir
    private Path folder;

    @Test
    void execute_severalRows_answersEach() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.simple(), folder)) {
            RecordingItem item = harness.run(ramp(harness, "INPUT0", 1), ramp(harness, "INPUT1", 3));

            assertThat(item.answer()).extracting(Tensor::shape).containsOnly(Shape.of(2, 16));
            assertThat(Tensors.ints(item.answer().get(0)))
                    .isEqualTo(IntStream.range(0, 32).map(i -> i * 4).toArray());
            assertThat(Tensors.ints(item.answer().get(1)))
                    .isEqualTo(IntStream.range(0, 32).map(i -> i * -2).toArray());
            item.release();
            assertThat(harness.outputs.inUse()).isZero();
            assertThat(harness.inputs.live()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "STRING")
    void execute_anyFixedWidthType_keepsEveryBit(ElementType type) throws Exception {
        DataType dataType = DataType.ofWireName(type.v2Name()).orElseThrow();
        long seed = 7;
        try (Harness harness = Harness.of(OnnxModels.identity(type, dim("N"), dim(3)), folder)) {
            for (long rows : new long[] {5, 1, 0, LARGE}) {
                Tensor input = random(harness, dataType, Shape.of(rows, 3), seed);
                byte[] sent = content(input);

                RecordingItem item = harness.run(input);

                assertThat(item.answer().get(0).type()).isEqualTo(dataType);
                assertThat(item.answer().get(0).shape()).isEqualTo(Shape.of(rows, 3));
                assertThat(content(item.answer().get(0))).as("seed %d", seed).isEqualTo(sent);
                item.release();
            }
            assertThat(harness.outputs.inUse()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "STRING")
    void execute_outputOfUnknownShape_isCopiedBitForBit(ElementType type) throws Exception {
        DataType dataType = DataType.ofWireName(type.v2Name()).orElseThrow();
        OnnxGraph graph = OnnxGraph.named("identity")
                .input("INPUT0", type, dim("N"))
                .node(OnnxNode.of("Identity").inputs("INPUT0").outputs("OUTPUT0"))
                .output("OUTPUT0", type, dim("M"));
        try (Harness harness = Harness.of(graph, folder, config -> config.maxBatchSize(0))) {
            Tensor input = random(harness, dataType, Shape.of(300), 8);
            byte[] sent = content(input);

            RecordingItem item = harness.run(input);

            assertThat(content(item.answer().get(0))).isEqualTo(sent);
            item.release();
            assertThat(harness.outputs.inUse()).isZero();
        }
    }

    @Test
    void execute_scalars_haveNoDimensions() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.scalarSum(), folder)) {
            RecordingItem item = harness.run(
                    Tensors.ofFloats(harness.inputs, "INPUT0", Shape.of(), 2),
                    Tensors.ofFloats(harness.inputs, "INPUT1", Shape.of(), 3));

            assertThat(item.answer().get(0).shape()).isEqualTo(Shape.of());
            assertThat(Tensors.floats(item.answer().get(0))).containsExactly(5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void execute_inputOnTheHeap_isTakenToo(int size) throws Exception {
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.UINT8, dim("N")), folder)) {
            byte[] bytes = new byte[size];
            new Random(9).nextBytes(bytes);
            RecordingItem item =
                    harness.run(new Tensor("INPUT0", DataType.UINT8, Shape.of(size), HostMemory.wrap(bytes)));

            assertThat(content(item.answer().get(0))).isEqualTo(bytes);
            item.release();
            assertThat(harness.outputs.inUse()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void execute_sliceOfLargerMemory_readsTheSliceAlone(int size) throws Exception {
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.INT16, dim("N")), folder)) {
            byte[] bytes = new byte[2 * size + 5];
            new Random(10).nextBytes(bytes);
            HostMemory whole = HostMemory.wrap(ByteBuffer.allocateDirect(bytes.length));
            whole.buffer().put(bytes);
            HostMemory slice = whole.slice(1, 2L * size);
            RecordingItem item = harness.run(new Tensor("INPUT0", DataType.INT16, Shape.of(size), slice));

            assertThat(content(item.answer().get(0))).isEqualTo(Arrays.copyOfRange(bytes, 1, 1 + 2 * size));
        }
    }

    @Test
    void execute_someOutputs_answersThoseInTheirOrder() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.severalOutputs(), folder)) {
            Tensor input = Tensors.ofFloats(harness.inputs, "INPUT0", Shape.of(2, 3), 0, 1, 2, 3, 4, 5);
            RecordingItem item = harness.run(List.of("OUTPUT2", "OUTPUT1"), input);

            assertThat(item.answer()).extracting(Tensor::name).containsExactly("OUTPUT2", "OUTPUT1");
            assertThat(Tensors.floats(item.answer().get(1))).containsExactly(3, 12);
            assertThat(Tensors.longs(item.answer().get(0))).containsExactly(2, 3);
        }
    }

    @Test
    void execute_dataDependentShape_isTheOneComputed() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.nonZero(), folder)) {
            RecordingItem some = harness.run(Tensors.ofFloats(harness.inputs, "INPUT0", Shape.of(4), 0, 5, 0, 7));
            RecordingItem none = harness.run(Tensors.ofFloats(harness.inputs, "INPUT0", Shape.of(2), 0, 0));

            assertThat(some.answer().get(0).shape()).isEqualTo(Shape.of(1, 2));
            assertThat(Tensors.longs(some.answer().get(0))).containsExactly(1, 3);
            assertThat(none.answer().get(0).shape()).isEqualTo(Shape.of(1, 0));
            assertThat(none.answer().get(0).byteSize()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void execute_modelThatLiesAboutAShape_answersAllTheSame(int size) throws Exception {
        OnnxGraph liar = OnnxGraph.named("liar")
                .input("INPUT0", ElementType.FLOAT, dim("N"))
                .node(OnnxNode.of("NonZero").inputs("INPUT0").outputs("found"))
                .node(OnnxNode.of("Shape").inputs("found").outputs("OUTPUT0"))
                .node(OnnxNode.of("Concat")
                        .inputs("INPUT0", "INPUT0")
                        .outputs("OUTPUT1")
                        .attribute("axis", 0))
                .output("OUTPUT0", ElementType.INT64, dim(2))
                .output("OUTPUT1", ElementType.FLOAT, dim("N"));
        try (Harness harness = Harness.of(liar, folder)) {
            for (int round = 0; round < 2; round++) {
                RecordingItem item =
                        harness.run(Tensors.ofFloats(harness.inputs, "INPUT0", Shape.of(size), new float[size]));

                assertThat(item.answer().get(1).shape()).isEqualTo(Shape.of(2L * size));
                item.release();
            }
            assertThat(harness.outputs.inUse()).isZero();
        }
    }

    @Test
    void execute_externalData_isReadFromBesideTheModel() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.externalWeights(), folder)) {
            float[] ones = new float[64];
            Arrays.fill(ones, 1);
            RecordingItem item = harness.run(Tensors.ofFloats(harness.inputs, "INPUT0", Shape.of(1, 64), ones));

            assertThat(item.answer().get(0).shape()).isEqualTo(Shape.of(1, 4));
            assertThat(Tensors.floats(item.answer().get(0))[0]).isNotZero();
        }
    }

    @Test
    void execute_failureInsideTheRuntime_failsThatRequestOnly() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.gather(), folder)) {
            RecordingItem bad = harness.run(
                    Tensors.ofFloats(harness.inputs, "INPUT0", Shape.of(3), 1, 2, 3),
                    Tensors.ofLongs(harness.inputs, "INPUT1", Shape.of(1), 7));
            RecordingItem good = harness.run(
                    Tensors.ofFloats(harness.inputs, "INPUT0", Shape.of(3), 1, 2, 3),
                    Tensors.ofLongs(harness.inputs, "INPUT1", Shape.of(1), 2));

            assertThat(bad.failure().code()).isEqualTo(ErrorCode.MODEL_FAILED);
            assertThat(bad.failure())
                    .hasMessageStartingWith("model 'm': onnx runtime error 2: ")
                    .hasMessageContaining("indices element out of data bounds, idx=7");
            assertThat(Tensors.floats(good.answer().get(0))).containsExactly(3);
            good.release();
            assertThat(harness.outputs.inUse()).isZero();
        }
    }

    @Test
    void execute_shapeThatTheModelDoesNotTake_isTheCallersFault() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.simpleUnbatched(), folder)) {
            RecordingItem item = harness.run(ramp(harness, "INPUT0", 1), ramp(harness, "INPUT1", 1));

            assertThat(item.failure().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(item.failure()).hasMessageContaining("INPUT");
        }
    }

    @Test
    void execute_outputAboveTwoGigabytes_isRefusedBeforeItRuns() throws Exception {
        OnnxGraph outer = OnnxGraph.named("outer")
                .input("INPUT0", ElementType.INT32, dim("N"), dim(1))
                .input("INPUT1", ElementType.INT32, dim(1), dim("M"))
                .node(OnnxNode.of("Mul").inputs("INPUT0", "INPUT1").outputs("OUTPUT0"))
                .output("OUTPUT0", ElementType.INT32, dim("N"), dim("M"));
        int[] zeros = new int[50_000];
        try (Harness harness = Harness.of(outer, folder)) {
            RecordingItem item = harness.run(
                    Tensors.ofInts(harness.inputs, "INPUT0", Shape.of(50_000, 1), zeros),
                    Tensors.ofInts(harness.inputs, "INPUT1", Shape.of(1, 50_000), zeros));

            assertThat(item.failure().code()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(item.failure())
                    .hasMessage("output 'OUTPUT0' would have shape [50000,50000] of INT32; one tensor has at most"
                            + " 2147483583 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void execute_noMemoryForTheOutput_saysToComeBackLater(int size) throws Exception {
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.UINT8, dim("N")), folder)) {
            HostMemory taken = harness.outputs.allocate(Harness.BUDGET - 2);

            RecordingItem item = harness.run(random(harness, DataType.UINT8, Shape.of(size), 1));

            assertThat(item.failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
            taken.release();
            assertThat(harness.outputs.inUse()).isZero();
        }
    }

    private static Tensor ramp(Harness harness, String name, int factor) {
        int[] values = IntStream.range(0, 32).map(i -> i * factor).toArray();
        return Tensors.ofInts(harness.inputs, name, Shape.of(2, 16), values);
    }

    /** Arbitrary bits; booleans are 0 or 1. */
    private static Tensor random(Harness harness, DataType type, Shape shape, long seed) {
        byte[] bytes = new byte[(int) Tensor.byteSizeOf("INPUT0", type, shape)];
        new Random(seed).nextBytes(bytes);
        HostMemory memory = harness.inputs.allocate(bytes.length);
        ByteBuffer target = memory.buffer();
        for (byte each : bytes) {
            target.put(type == DataType.BOOL ? (byte) (each & 1) : each);
        }
        return new Tensor("INPUT0", type, shape, memory);
    }

    private static byte[] content(Tensor tensor) {
        byte[] bytes = new byte[(int) tensor.byteSize()];
        tensor.buffer().get(bytes);
        return bytes;
    }
}
