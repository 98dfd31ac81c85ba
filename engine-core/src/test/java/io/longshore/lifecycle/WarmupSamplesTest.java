package io.longshore.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelWarmup;
import io.longshore.model.ModelWarmup.Source;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Control;
import io.longshore.model.SequenceBatching.ControlKind;
import io.longshore.model.SequenceBatching.Direct;
import io.longshore.model.SequenceBatching.State;
import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HalfFloats;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tensors of samples. */
class WarmupSamplesTest {
    @TempDir
    private Path folder;

    private final CountingAllocator allocator = new CountingAllocator();

    @AfterEach
    void nothingIsLeft() {
        assertThat(allocator.live()).isZero();
    }

    private WarmupSample make(ModelConfig.Builder config, long rows, ModelWarmup.Input... inputs) throws Exception {
        ModelWarmup warmup = new ModelWarmup("w", rows, 1, List.of(inputs));
        ModelConfig built = config.backend("fake")
                .outputs(List.of(ModelOutput.of("OUT", DataType.FP32, 1L)))
                .warmups(List.of(warmup))
                .build();
        return new WarmupSamples(built, new ModelFiles(folder, folder.resolve("1")), allocator).make(warmup);
    }

    private static ModelConfig.Builder model(int maxBatchSize, ModelInput... inputs) {
        return ModelConfig.builder("m").maxBatchSize(maxBatchSize).inputs(List.of(inputs));
    }

    private static ModelWarmup.Input input(DataType type, Source source, Long... dims) {
        return new ModelWarmup.Input("A", type, List.of(dims), source);
    }

    private void write(String name, byte[] content) throws Exception {
        Files.write(Files.createDirectories(folder.resolve("warmup")).resolve(name), content);
    }

    private static byte[] bytesOf(Tensor tensor) {
        byte[] bytes = new byte[(int) tensor.byteSize()];
        tensor.buffer().get(bytes);
        return bytes;
    }

    private static byte[] elements(String... texts) {
        ByteBuffer all = BytesElements.encode(
                        List.of(texts).stream()
                                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                                .toList(),
                        MemoryAllocator.HEAP)
                .buffer();
        byte[] bytes = new byte[all.remaining()];
        all.get(bytes);
        return bytes;
    }

    @Test
    void batchedModel_getsTheRowsInFrontOfTheDims() throws Exception {
        WarmupSample sample = make(
                model(4, ModelInput.of("A", DataType.INT32, -1L, 2L)),
                3,
                input(DataType.INT32, new Source.Zeros(), 5L, 2L));

        Tensor tensor = sample.inputs().get(0);
        assertThat(tensor.shape()).isEqualTo(Shape.of(3, 5, 2));
        assertThat(bytesOf(tensor)).hasSize(3 * 5 * 2 * 4).containsOnly(0);
        sample.release();
    }

    @Test
    void unbatchedModel_getsTheDimsAlone() throws Exception {
        WarmupSample sample =
                make(model(0, ModelInput.of("A", DataType.FP32, 2L)), 1, input(DataType.FP32, new Source.Zeros(), 2L));

        assertThat(sample.inputs().get(0).shape()).isEqualTo(Shape.of(2));
        sample.release();
    }

    @Test
    void reshapedInput_hasTheShapeThatTheBackendGets_whicheverIsStated() throws Exception {
        ModelInput reshaped = new ModelInput("A", DataType.FP32, List.of(-1L), List.of(1L, -1L), false);
        for (Long[] stated : new Long[][] {{7L}, {1L, 7L}}) {
            WarmupSample sample = make(model(2, reshaped), 2, input(DataType.FP32, new Source.Zeros(), stated));
            assertThat(sample.inputs().get(0).shape()).isEqualTo(Shape.of(2, 1, 7));
            sample.release();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FP16", "FP32", "FP64", "BF16"})
    void noise_ofFloats_isFiniteAndVaries(DataType type) throws Exception {
        WarmupSample sample =
                make(model(0, ModelInput.of("A", type, 1000L)), 1, input(type, new Source.Noise(), 1000L));

        assertThat(numbers(sample.inputs().get(0))).allMatch(number -> number >= 0 && number < 1);
        assertThat(numbers(sample.inputs().get(0)).stream().distinct().count()).isGreaterThan(50);
        sample.release();
    }

    private static List<Double> numbers(Tensor tensor) {
        ByteBuffer bytes = tensor.buffer();
        return IntStream.range(0, 1000)
                .mapToObj(i -> switch (tensor.type()) {
                    case FP16 -> (double) HalfFloats.fromFp16(bytes.getShort(2 * i));
                    case BF16 -> (double) Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
                    case FP32 -> (double) bytes.getFloat(4 * i);
                    default -> bytes.getDouble(8 * i);
                })
                .toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"INT8", "UINT16", "INT64", "BOOL"})
    void noise_ofIntegers_varies(DataType type) throws Exception {
        WarmupSample sample = make(model(0, ModelInput.of("A", type, 100L)), 1, input(type, new Source.Noise(), 100L));

        byte[] bytes = bytesOf(sample.inputs().get(0));
        assertThat(bytes).hasSize(100 * type.byteWidth()).contains(1);
        if (type == DataType.BOOL) {
            assertThat(bytes).containsOnly(0, 1);
        }
        sample.release();
    }

    @Test
    void stringsWithoutFile_areEmpty() throws Exception {
        WarmupSample sample = make(
                model(2, ModelInput.of("A", DataType.BYTES, 2L)), 2, input(DataType.BYTES, new Source.Noise(), 2L));

        assertThat(Tensors.strings(sample.inputs().get(0))).containsExactly("", "", "", "");
        sample.release();
    }

    @Test
    void file_isEachRow() throws Exception {
        write("row", new byte[] {1, 2, 3, 4, 99});
        WarmupSample sample = make(
                model(3, ModelInput.of("A", DataType.UINT16, 2L)),
                2,
                input(DataType.UINT16, new Source.DataFile("row"), 2L));

        assertThat(bytesOf(sample.inputs().get(0)))
                .as("what stands behind the row is left alone")
                .containsExactly(1, 2, 3, 4, 1, 2, 3, 4);
        sample.release();
    }

    @Test
    void fileOfStrings_isEachRow() throws Exception {
        write("row", elements("ab", ""));
        WarmupSample sample = make(
                model(2, ModelInput.of("A", DataType.BYTES, 2L)),
                2,
                input(DataType.BYTES, new Source.DataFile("row"), 2L));

        assertThat(Tensors.strings(sample.inputs().get(0))).containsExactly("ab", "", "ab", "");
        sample.release();
    }

    @Test
    void unfitFile_isNamedWithItsSample() throws Exception {
        write("short", new byte[7]);
        write("three", elements("a", "b", "c"));
        write("broken", new byte[] {9, 0, 0, 0, 1});

        assertProblem(
                DataType.FP32,
                "short",
                "warmup sample 'w': warmup setting expects 8 bytes for input 'A', but the data provided from short only has 7"
                        + " bytes");
        assertProblem(
                DataType.BYTES,
                "three",
                "warmup sample 'w': warmup setting expects 2 elements for input 'A', but the data provided from three has 3");
        assertProblem(DataType.BYTES, "broken", "input_data_file broken: incomplete string data");
        assertProblem(DataType.FP32, "absent", "input_data_file warmup/absent cannot be read");
        assertProblem(DataType.FP32, "../config.pbtxt", "must name something inside the folder");
    }

    private void assertProblem(DataType type, String file, String problem) {
        assertThatThrownBy(() ->
                        make(model(0, ModelInput.of("A", type, 2L)), 1, input(type, new Source.DataFile(file), 2L)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void tooLargeSample_isRefusedWithoutTakingMemory() {
        assertThatThrownBy(() -> make(
                        model(8, ModelInput.of("A", DataType.FP64, -1L)),
                        8,
                        input(DataType.FP64, new Source.Zeros(), Long.MAX_VALUE)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("warmup sample 'w'");
    }

    @Test
    void sequenceModel_getsZerosForWhatTheSampleLeavesOut() throws Exception {
        SequenceBatching sequences = new SequenceBatching(
                Direct.DEFAULT,
                SequenceBatching.DEFAULT_MAX_IDLE,
                List.of(
                        new Control("START", ControlKind.START, DataType.INT32, 0, 1),
                        new Control("READY", ControlKind.READY, DataType.INT32, 0, 1)),
                List.of(State.of("S_IN", "S_OUT", DataType.FP32, -1L, 2L)));
        write("one", new byte[] {1, 0, 0, 0});
        WarmupSample sample = make(
                model(4, ModelInput.of("A", DataType.FP32, 1L)).sequenceBatching(sequences),
                2,
                input(DataType.FP32, new Source.Zeros(), 1L),
                new ModelWarmup.Input("READY", DataType.INT32, List.of(1L), new Source.DataFile("one")));

        assertThat(sample.inputs())
                .extracting(Tensor::name, Tensor::shape)
                .containsExactly(
                        tuple("A", Shape.of(2, 1)),
                        tuple("START", Shape.of(2, 1)),
                        tuple("READY", Shape.of(2, 1)),
                        tuple("S_IN", Shape.of(2, 1, 2)));
        assertThat(bytesOf(sample.inputs().get(2))).containsExactly(1, 0, 0, 0, 1, 0, 0, 0);
        sample.release();
    }
}
