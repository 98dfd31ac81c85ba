package io.longshore.backend.onnxruntime;

import static io.longshore.onnx.Dim.dim;
import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.onnx.ConstantTensor;
import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import io.longshore.onnx.OnnxNode;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxStringsTest {
    @TempDir
    private Path folder;

    @Test
    void execute_texts_comeBackUnchanged() throws Exception {
        String[] texts = {"", "a", "Grüße, ð", "日本語", "😀", "a😀ü😀😀", "𝒳", "x".repeat(10_000), "\u0001\u0002"};
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.STRING, dim("N")), folder)) {
            RecordingItem item = harness.run(strings(harness, "INPUT0", texts));

            assertThat(Tensors.strings(item.answer().get(0))).containsExactly(texts);
            item.release();
            assertThat(harness.outputs.inUse()).isZero();
        }
    }

    @Test
    void execute_noElements_givesNone() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.STRING, dim("N")), folder)) {
            RecordingItem item = harness.run(strings(harness, "INPUT0"));

            assertThat(item.answer().get(0).shape()).isEqualTo(Shape.of(0));
            assertThat(item.answer().get(0).byteSize()).isZero();
        }
    }

    @Test
    void execute_scalarText_comesBack() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.STRING), folder)) {
            RecordingItem item = harness.run(strings(harness, "INPUT0", "one").reshaped(Shape.of()));

            assertThat(item.answer().get(0).shape()).isEqualTo(Shape.of());
            assertThat(Tensors.strings(item.answer().get(0))).containsExactly("one");
        }
    }

    @Test
    void execute_bytesOutsideUtf8_comeBackUnchanged() throws Exception {
        byte[][] elements = {{(byte) 0xFF, (byte) 0xFE, 'a'}, {(byte) 0x80}, {'G', 'r', (byte) 0xFC, (byte) 0xDF, 'e'}};
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.STRING, dim("N")), folder)) {
            RecordingItem item = harness.run(bytes(harness, "INPUT0", elements));

            assertThat(Tensors.bytes(item.answer().get(0))).containsExactly(elements);
        }
    }

    @Test
    void execute_zeroBytes_comeBackUnchanged() throws Exception {
        String[] texts = {"\0", "a\0b", "\0\0", "plain", "\0😀\0ü\0", ""};
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.STRING, dim("N")), folder)) {
            RecordingItem item = harness.run(strings(harness, "INPUT0", texts));

            assertThat(Tensors.strings(item.answer().get(0))).containsExactly(texts);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void execute_anyBytes_areExactOrAnError(int seed) throws Exception {
        Random random = new Random(seed);
        int exact = 0;
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.STRING, dim("N")), folder)) {
            for (int round = 0; round < 40; round++) {
                byte[] element = new byte[1 + random.nextInt(12)];
                random.nextBytes(element);
                RecordingItem item = harness.run(bytes(harness, "INPUT0", element, new byte[] {'o', 'k'}));
                if (item.hasFailed()) {
                    assertThat(item.failure()).hasMessageContaining("element 0 of output 'OUTPUT0'");
                } else {
                    assertThat(Tensors.bytes(item.answer().get(0)).get(0))
                            .as("seed %d", seed)
                            .isEqualTo(element);
                    exact++;
                }
            }
        }
        assertThat(exact).as("seed %d", seed).isGreaterThan(20);
    }

    @Test
    void execute_zeroByte_reachesTheModel() throws Exception {
        OnnxGraph equal = OnnxGraph.named("equal")
                .opset(19)
                .irVersion(9)
                .input("INPUT0", ElementType.STRING, dim("N"))
                .input("INPUT1", ElementType.STRING, dim("N"))
                .node(OnnxNode.of("Equal").inputs("INPUT0", "INPUT1").outputs("OUTPUT0"))
                .output("OUTPUT0", ElementType.BOOL, dim("N"));
        try (Harness harness = Harness.of(equal, folder)) {
            RecordingItem item = harness.run(
                    strings(harness, "INPUT0", "a\0b", "a\0b", "a"), strings(harness, "INPUT1", "a\0b", "a\0c", "a\0"));

            assertThat(content(item.answer().get(0))).containsExactly(1, 0, 0);
        }
    }

    @Test
    void execute_textAboveUffff_reachesTheModelAsUtf8() throws Exception {
        OnnxGraph equal = OnnxGraph.named("equal")
                .opset(19)
                .irVersion(9)
                .input("INPUT0", ElementType.STRING, dim("N"))
                .constant(ConstantTensor.strings("smile", List.of("😀")))
                .node(OnnxNode.of("Equal").inputs("INPUT0", "smile").outputs("OUTPUT0"))
                .output("OUTPUT0", ElementType.BOOL, dim("N"));
        try (Harness harness = Harness.of(equal, folder)) {
            assertThat(content(harness.run(strings(harness, "INPUT0", "😀", "x"))
                            .answer()
                            .get(0)))
                    .containsExactly(1, 0);
        }
    }

    @Test
    void execute_stringOperator_seesTexts() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.stringUpper(), folder)) {
            assertThat(Tensors.strings(harness.run(strings(harness, "INPUT0", "ab", "Cd"))
                            .answer()
                            .get(0)))
                    .containsExactly("AB", "CD");
        }
    }

    @Test
    void execute_manyElements_areAllThere() throws Exception {
        String[] texts = IntStream.range(0, 100_000).mapToObj(i -> "text " + i).toArray(String[]::new);
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.STRING, dim("N")), folder)) {
            assertThat(Tensors.strings(harness.run(strings(harness, "INPUT0", texts))
                            .answer()
                            .get(0)))
                    .containsExactly(texts);
        }
    }

    @Test
    void execute_fewerElementsThanTheShapeSays_isTheCallersFault() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.STRING, dim("N")), folder)) {
            Tensor two = strings(harness, "INPUT0", "a", "b");
            Tensor three = new Tensor("INPUT0", two.type(), Shape.of(3), two.memory());

            assertThat(harness.run(three).failure()).hasMessage("input 'INPUT0' of shape [3] needs 3 elements, got 2");
        }
    }

    private static Tensor strings(Harness harness, String name, String... texts) {
        return Tensors.ofStrings(harness.inputs, name, Shape.of(texts.length), texts);
    }

    private static Tensor bytes(Harness harness, String name, byte[]... elements) {
        return Tensors.ofBytes(harness.inputs, name, Shape.of(elements.length), Arrays.asList(elements));
    }

    private static byte[] content(Tensor tensor) {
        byte[] bytes = new byte[(int) tensor.byteSize()];
        tensor.buffer().get(bytes);
        return bytes;
    }
}
