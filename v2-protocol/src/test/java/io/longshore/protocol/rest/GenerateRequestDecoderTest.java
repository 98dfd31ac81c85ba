package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.ModelDescription;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerateRequestDecoderTest {
    private final CountingAllocator memory = new CountingAllocator();

    @AfterEach
    void allMemoryIsReleased() {
        assertThat(memory.out()).isZero();
    }

    @Test
    void fields_areInputsOfTheModelOrParameters() {
        InferenceRequest request = decode("""
            {"id":"42","text":"client input","stream":true,"temperature":0.5,"n":3,"stop":"x","best":false}""");

        assertThat(request.id()).isEqualTo("42");
        assertThat(Tensors.strings(input(request, "text"))).containsExactly("client input");
        assertThat(input(request, "stream").buffer().get(0)).isEqualTo((byte) 1);
        assertThat(request.parameters().asMap())
                .isEqualTo(Map.of("temperature", 0.5, "n", 3L, "stop", "x", "best", false));
        assertThat(request.outputs()).isEmpty();
        request.release();
    }

    @Test
    void nestedParameters_countAsTheRequestsOwn() {
        InferenceRequest request =
                decode("{\"parameters\":{\"top_k\":3,\"text\":\"hi\",\"id\":\"inner\"},\"top_p\":1}");

        assertThat(request.parameters().asMap()).isEqualTo(Map.of("top_k", 3L, "id", "inner", "top_p", 1L));
        assertThat(Tensors.strings(input(request, "text"))).containsExactly("hi");
        assertThat(request.id()).isEmpty();
        request.release();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'text':'a'}                | text  | [1,1]",
                "{'text':['a']}              | text  | [1,1]",
                "{'text':['a','b']}          | text  | [2,1]",
                "{'ids':7}                   | ids   | [1,1]",
                "{'ids':[7,8,9]}             | ids   | [1,3]",
                "{'ids':[]}                  | ids   | [1,0]",
                "{'pairs':[1,2,3,4,5,6]}     | pairs | [1,3,2]",
                "{'grid':[1,2,3]}            | grid  | [1,1,3]",
                "{'none':[]}                 | none  | [1,0]",
                "{ 'ids' : [ 1 , 2 ] , 'x':1} | ids   | [1,2]"
            })
    void shape_isTheDeclaredOneFilledFromTheInside(String json, String name, String shape) {
        InferenceRequest request = decode(json.replace('\'', '"'));

        assertThat(input(request, name).shape()).hasToString(shape);
        request.release();
    }

    @Test
    void modelWithoutBatching_getsNoBatchDimension() {
        ModelDescription plain = GenerateModel.batched(
                0, ModelInput.of("one", DataType.INT32, 1L), ModelInput.of("scalar", DataType.INT32));

        InferenceRequest request = decode(plain, "{\"one\":[4],\"scalar\":5}");

        assertThat(input(request, "one").shape()).isEqualTo(Shape.of(1));
        assertThat(input(request, "scalar").shape()).isEqualTo(Shape.of());
        assertThat(Tensors.ints(input(request, "scalar"))).containsExactly(5);
        request.release();
    }

    @Test
    void emptyBody_isARequestWithoutInputs() {
        assertThat(decode("").inputs()).isEmpty();
        assertThat(decode(" {} ").inputs()).isEmpty();
    }

    @Test
    void anyText_arrivesAsItIs() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            String text = random.ints(random.nextInt(30), 0, Character.MAX_CODE_POINT)
                    .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                    .mapToObj(Character::toString)
                    .reduce("\"\\\n", String::concat);
            InferenceRequest request = decode("{\"text\":" + quoted(text, random) + ",\"words\":[\"a\"],\"x\":1}");

            assertThat(Tensors.strings(input(request, "text")))
                    .as("seed %s, round %s", seed, round)
                    .containsExactly(text);
            assertThat(request.parameters().integer("x")).contains(1L);
            request.release();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1] | a generate request is a JSON object with the model's inputs and parameters as its fields",
                "{'id':4} | Unable to parse 'id': attempt to access JSON non-string as string",
                "{'text':123} | Unable to parse 'data': attempt to access JSON non-string as string",
                "{'text':true} | Unable to parse 'data': attempt to access JSON non-string as string",
                "{'text':null} | Unable to parse 'data': attempt to access JSON non-string as string",
                "{'text':{}} | Unable to parse 'data': attempt to access JSON non-string as string",
                "{'stream':'false'} | Unable to parse 'data': attempt to access JSON non-boolean as boolean",
                "{'text':'a','text':'b'} | input 'text' already exists in request",
                "{'text':'a','parameters':{'text':'b'}} | input 'text' already exists in request",
                "{'pairs':[1,2,3]} | The schema can not convert input 'pairs' to tensor with proper shape",
                "{'pairs':7} | The schema can not convert input 'pairs' to tensor with proper shape",
                "{'none':[1]} | The schema can not convert input 'none' to tensor with proper shape",
                "{'ids':[[1,2],[3,4]]} | Unable to parse 'data': Shape does not match true shape of 'data' field",
                "{'half':1} | receiving FP16 data via JSON is not supported. Please use the binary data format for input half",
                "{'x':null} | parameter 'x' has invalid type. It should be either 'int', 'bool', or 'string'.",
                "{'x':[1]} | parameter 'x' has invalid type. It should be either 'int', 'bool', or 'string'.",
                "{'x':1,'x':2} | field 'x' is given twice in the same object; give it once",
                "{'triton_x':1} | parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.",
                "{'parameters':7} | Expected JSON object for keyword: 'parameters'",
                "{'parameters':{'parameters':{}}} | parameter 'parameters' has invalid type. It should be either 'int', 'bool', or 'string'.",
                "{'parameters':{},'parameters':{}} | field 'parameters' is given twice in the same object; give it once",
                "{'text':'a | failed to parse the request JSON buffer: The document ends before its last value is complete. at 10",
                "{'ids':[1, | failed to parse the request JSON buffer: Unexpected end-of-input within/between Array entries at 10",
                "{} {} | failed to parse the request JSON buffer: The document root must not be followed by other values. at 4"
            })
    void faultyBody_isRefusedWithTheReason(String json, String message) {
        assertRefused(json.replace('\'', '"'), message.replace("\"", "'"));
    }

    @Test
    void inputCalledParameters_cannotBeTold() {
        ModelDescription odd = GenerateModel.batched(0, ModelInput.of("parameters", DataType.INT32, 1L));

        assertThatThrownBy(() -> decode(odd, "{\"parameters\":{}}"))
                .hasMessage("Keyword 'parameters' for nested schema also given as input tensor name");
    }

    @Test
    void deepNesting_isRefused() {
        assertRefused(
                "{\"ids\":" + "[".repeat(200) + "]".repeat(200) + "}",
                "JSON nesting depth exceeds maximum allowed limit (100)");
    }

    @Test
    void tensorsLargerThanAllowedTogether_areRefused() {
        assertRefused(
                new CodecLimits(32, 100),
                "{\"grid\":[1,2],\"ids\":[1,2,3]}",
                "request size of 16 bytes with input 'ids' of size 24 bytes exceeds the maximum allowed input size of 32."
                        + " Use --http-max-input-size to increase the limit.");
    }

    @Test
    void bodyLargerThanAllowed_isRefused() {
        assertRefused(
                new CodecLimits(8, 100),
                "{\"ids\":[1]}",
                "request JSON size of 11 bytes exceeds the maximum allowed input size of 8 bytes."
                        + " Use --http-max-input-size to increase the limit.");
    }

    private void assertRefused(String json, String message) {
        assertRefused(CodecLimits.DEFAULT, json, message);
    }

    private void assertRefused(CodecLimits limits, String json, String message) {
        assertThatThrownBy(() -> decode(limits, GenerateModel.DESCRIPTION, json))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessage(message);
    }

    private InferenceRequest decode(String json) {
        return decode(GenerateModel.DESCRIPTION, json);
    }

    private InferenceRequest decode(ModelDescription model, String json) {
        return decode(CodecLimits.DEFAULT, model, json);
    }

    private InferenceRequest decode(CodecLimits limits, ModelDescription model, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return new GenerateRequestDecoder(limits, memory)
                .decode(ModelSelector.latest("m"), model, bytes, 0, bytes.length)
                .request();
    }

    private static Tensor input(InferenceRequest request, String name) {
        return request.inputs().stream()
                .filter(input -> input.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The text as a JSON string, with some characters escaped that need not be. */
    private static String quoted(String text, Random random) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || Character.isSurrogate(c) || c == '"' || c == '\\' || random.nextInt(4) == 0) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
