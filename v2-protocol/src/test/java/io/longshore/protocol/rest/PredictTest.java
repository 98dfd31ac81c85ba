package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** V1 bodies, both ways. */
class PredictTest {
    private static final ModelDescription FLOATS =
            GenerateModel.batched(8, ModelInput.of("X", DataType.FP32, -1L, -1L));
    private static final ModelDescription TEXT = GenerateModel.batched(8, ModelInput.of("TEXT", DataType.BYTES, 1L));
    private static final ModelDescription TWO =
            GenerateModel.batched(3, ModelInput.of("A", DataType.INT64, 2L), ModelInput.of("B", DataType.BOOL));

    private final CountingAllocator memory = new CountingAllocator();
    private final PredictRequestDecoder decoder = new PredictRequestDecoder(new CodecLimits(1 << 16, 20), memory);
    private final List<Tensor> tensors = new ArrayList<>();
    private OutputFormat format = OutputFormat.JSON;

    @AfterEach
    void releaseAll() {
        tensors.forEach(Tensor::release);
        assertThat(memory.out()).isZero();
    }

    @Test
    void instances_ofOneInput_areStackedAsTheyAreNested() {
        Tensor x = only(FLOATS, "{\"signature_name\":\"d\",\"instances\":[[[1,2.5,-3]],[[4e1,5,6]]]}");
        assertThat(x.name()).isEqualTo("X");
        assertThat(x.shape()).isEqualTo(Shape.of(2, 1, 3));
        assertThat(Tensors.floats(x)).containsExactly(1, 2.5f, -3, 40, 5, 6);
        assertThat(format).isSameAs(OutputFormat.JSON);
    }

    @Test
    void inputs_ofOneInput_areTheWholeTensor() {
        Tensor x = only(FLOATS, " { \"inputs\" : [ [ [ 1 , 2 ] ] ] } ");
        assertThat(x.shape()).isEqualTo(Shape.of(1, 1, 2));
        assertThat(format).isSameAs(OutputFormat.COLUMNS);
    }

    @Test
    void instances_thatAreObjects_areStackedByInput() {
        List<Tensor> both = read(TWO, "{\"instances\":[{\"A\":[1,2],\"B\":true},{\"B\":false,\"A\":[3,4]}]}");
        assertThat(both).extracting(Tensor::name).containsExactly("A", "B");
        assertThat(both.get(0).shape()).isEqualTo(Shape.of(2, 2));
        assertThat(Tensors.longs(both.get(0))).containsExactly(1, 2, 3, 4);
        assertThat(both.get(1).shape()).isEqualTo(Shape.of(2));
        assertThat(both.get(1).buffer()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 0}));
    }

    @Test
    void inputs_byName_areWholeTensors() {
        List<Tensor> both = read(TWO, "{\"inputs\":{\"B\":[true],\"A\":[[7,8]]}}");
        assertThat(both).extracting(Tensor::name).containsExactly("B", "A");
        assertThat(both.get(1).shape()).isEqualTo(Shape.of(1, 2));
    }

    @Test
    void bytes_areTextsOrBase64() {
        Tensor texts = only(TEXT, "{\"instances\":[[\"h\\u00e9\"],[{\"b64\":\"AP8=\"}]]}");
        assertThat(texts.shape()).isEqualTo(Shape.of(2, 1));
        assertThat(Tensors.bytes(texts))
                .containsExactly("hé".getBytes(StandardCharsets.UTF_8), new byte[] {0, (byte) 0xFF});
    }

    @Test
    void bytes_asAListOfBase64_areNotTakenForRows() {
        Tensor texts = only(TEXT, "{\"instances\":[ { \"b64\" : \"AP8=\"}, \"x\"]}");
        assertThat(texts.shape()).isEqualTo(Shape.of(2));
    }

    @Test
    void noInstances_areATensorWithoutElements() {
        assertThat(only(FLOATS, "{\"instances\":[]}").shape()).isEqualTo(Shape.of(0));
        assertThat(only(FLOATS, "{\"instances\":[[],[]]}").shape()).isEqualTo(Shape.of(2, 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            X   | []                                                  | a predict request is a JSON object with 'instances'
            X   | {}                                                  | a predict request is a JSON object with 'instances'
            X   | {"instances":{}}                                    | Unable to parse 'instances'
            X   | {"instances":[[1],[1,2]]}                           | arrays of different sizes
            X   | {"instances":[[1],2]}                               | arrays of different sizes
            X   | {"instances":[[1],[[2]]]}                           | arrays of different sizes
            X   | {"instances":[["a"]]}                               | Unable to parse 'data'
            X   | {"instances":[[1,]]}                                | JSON
            X   | {"instances":[[1                                    | JSON
            X   | {"instances":[1],"inputs":[1]}                      | either 'instances' or 'inputs'
            X   | {"instances":[1],"instances":[1]}                   | given twice
            X   | {"instances":[1]} x                                 | JSON
            X   | {"instances":[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]} | nesting
            X   | {"inputs":{"Z":[1]}}                                | unexpected inference input 'Z'
            X   | {"inputs":{"X":[1],"X":[1]}}                        | input 'X' already exists
            X   | {"inputs":"a"}                                      | takes numbers
            X   | {"instances":[{"X":[1]},[2]]}                       | instance 1 is no object
            TWO | {"instances":[[1,2]]}                               | model 'm' has 2 inputs; name them: [A, B]
            TWO | {"instances":[{"A":[1,2],"B":true},{"A":[1,2]}]}    | instance 1 has no input 'B'
            TWO | {"instances":[{"A":[1,2]},{"A":[1,2],"B":true}]}    | instance 0 has no input 'B'
            TWO | {"instances":[{"A":[1,2]},{"A":[1]}]}               | of shape [2] in instance 0 and [1] in instance 1
            TWO | {"instances":[{"A":[1,2],"A":[1,2]}]}               | input 'A' already exists
            TWO | {"instances":[{"A":1},{"A":1},{"A":1},{"A":1}]}     | batch-size must be <= 3
            TXT | {"instances":[[1]]}                                 | takes strings
            TXT | {"instances":[[{"b64":"*"}]]}                       | not base64
            TXT | {"instances":[[{"b64":"AA==","c":1}]]}              | one field 'b64'
            TXT | {"instances":["a",["b"]]}                           | arrays
            """)
    void brokenBody_isRefusedAndNothingIsHeld(String model, String body, String text) {
        ModelDescription description = model.equals("X") ? FLOATS : model.equals("TWO") ? TWO : TEXT;
        assertThatThrownBy(() -> read(description, body))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining(text);
    }

    @Test
    void oneOutput_isNestedAsItsShape() {
        Tensor y = keep(Tensors.ofFloats(memory, "Y", Shape.of(2, 1, 2), 1, 2.5f, 3, 4));
        assertThat(encode(OutputFormat.JSON, y)).isEqualTo("{\"predictions\":[[[1.0,2.5]],[[3.0,4.0]]]}");
        assertThat(encode(OutputFormat.COLUMNS, y)).isEqualTo("{\"predictions\":[[[1.0,2.5]],[[3.0,4.0]]]}");
    }

    @Test
    void severalOutputs_areRowsOrColumns() {
        Tensor y = keep(Tensors.ofFloats(memory, "Y", Shape.of(2, 2), 1, 2, 3, 4));
        Tensor label = keep(Tensors.ofStrings(memory, "LABEL", Shape.of(2), "a", "b\n"));
        assertThat(encode(OutputFormat.JSON, y, label))
                .isEqualTo(
                        "{\"predictions\":[{\"Y\":[1.0,2.0],\"LABEL\":\"a\"},{\"Y\":[3.0,4.0],\"LABEL\":\"b\\n\"}]}");
        assertThat(encode(OutputFormat.COLUMNS, y, label))
                .isEqualTo("{\"predictions\":{\"Y\":[[1.0,2.0],[3.0,4.0]],\"LABEL\":[\"a\",\"b\\n\"]}}");
    }

    @Test
    void outputsOfDifferentRows_areRefusedAsRows() {
        Tensor y = keep(Tensors.ofFloats(memory, "Y", Shape.of(2), 1, 2));
        Tensor z = keep(Tensors.ofFloats(memory, "Z", Shape.of(1), 1));
        assertThatThrownBy(() -> encode(OutputFormat.JSON, y, z)).hasMessageContaining("give 'inputs'");
    }

    @Test
    void noElements_areEmptyArrays() {
        Tensor y = keep(Tensors.ofFloats(memory, "Y", Shape.of(2, 0)));
        assertThat(encode(OutputFormat.JSON, y)).isEqualTo("{\"predictions\":[[],[]]}");
    }

    private Tensor keep(Tensor tensor) {
        tensors.add(tensor);
        return tensor;
    }

    private Tensor only(ModelDescription description, String body) {
        List<Tensor> inputs = read(description, body);
        assertThat(inputs).hasSize(1);
        return inputs.get(0);
    }

    private List<Tensor> read(ModelDescription description, String body) {
        byte[] bytes = ("  " + body).getBytes(StandardCharsets.UTF_8);
        DecodedRequest decoded = decoder.decode(ModelSelector.latest("m"), description, bytes, 2, bytes.length - 2);
        InferenceRequest request = decoded.request();
        format = decoded.format();
        tensors.addAll(request.inputs());
        return request.inputs();
    }

    private static String encode(OutputFormat format, Tensor... outputs) {
        InferenceResponse response = new InferenceResponse("", new ModelId("m", 1), List.of(outputs), Parameters.NONE);
        StringBuilder text = new StringBuilder();
        try (EncodedResponse encoded = new PredictResponseEncoder().encode("predictions", response, format)) {
            encoded.parts().forEach(part -> text.append(StandardCharsets.UTF_8.decode(part.duplicate())));
        }
        return text.toString();
    }
}
