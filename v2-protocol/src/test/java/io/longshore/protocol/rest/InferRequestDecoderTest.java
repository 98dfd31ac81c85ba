package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.ModelDescription;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InferRequestDecoderTest {
    private static final ModelSelector MODEL = ModelSelector.latest("m");
    private static final String GOOD =
            "{\"id\":\"7\",\"inputs\":[{\"name\":\"A\",\"shape\":[1,2],\"datatype\":\"INT32\",\"data\":[3,-4]}]}";

    private final CountingAllocator allocator = new CountingAllocator();
    private final InferRequestDecoder decoder =
            new InferRequestDecoder(new CodecLimits(1 << 20, 100), allocator, () -> 1000);

    @AfterEach
    void allMemoryIsReleased() {
        assertThat(allocator.out()).isZero();
    }

    private DecodedRequest decode(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        DecodedRequest decoded = decoder.decodeJson(MODEL, body, 0, body.length);
        decoded.request().inputs().forEach(Tensor::retain);
        decoded.request().release();
        decoded.request().release();
        return decoded;
    }

    private static String input(String fields) {
        return "{\"inputs\":[{\"name\":\"X\"," + fields + "}]}";
    }

    private void assertFault(String json, String message) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> decoder.decodeJson(MODEL, body, 0, body.length))
                .isInstanceOf(InferenceException.class)
                .hasMessage(message)
                .extracting(e -> ((InferenceException) e).code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void plainRequest_isRead() {
        byte[] body = ("xx" + GOOD + "yy").getBytes(StandardCharsets.UTF_8);
        InferenceRequest request =
                decoder.decodeJson(MODEL, body, 2, body.length - 4).request();
        assertThat(request.id()).isEqualTo("7");
        assertThat(request.model()).isEqualTo(MODEL);
        assertThat(request.inputs()).hasSize(1);
        Tensor input = request.inputs().get(0);
        assertThat(input.name()).isEqualTo("A");
        assertThat(input.type()).isEqualTo(DataType.INT32);
        assertThat(input.shape()).isEqualTo(Shape.of(1, 2));
        assertThat(input.host().isDirect()).isTrue();
        assertThat(input.buffer().getInt(0)).isEqualTo(3);
        assertThat(input.buffer().getInt(4)).isEqualTo(-4);
        assertThat(request.outputs()).isEmpty();
        request.release();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"inputs\":[{\"data\":[[3],[-4]],\"name\":\"A\",\"shape\":[2],\"datatype\":\"INT32\"}]}",
                "{\"inputs\":[{\"datatype\":\"INT32\",\"data\":[3,-4],\"shape\":[2],\"name\":\"A\",\"other\":{\"a\":[1]}}],\"id\":\"\"}",
                " {\n\"parameters\" : {}, \"inputs\" : [ { \"shape\" : [ 2 ] , \"name\" : \"A\" , \"datatype\" : \"INT32\" , \"data\" : [ 3 , -4 ] } ] }\n"
            })
    void fieldsInAnyOrder_areRead(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        InferenceRequest request =
                decoder.decodeJson(MODEL, body, 0, body.length).request();
        assertThat(request.inputs().get(0).buffer().getInt(4)).isEqualTo(-4);
        request.release();
    }

    @Test
    void outputs_giveFormatAndParameters() {
        DecodedRequest decoded = decode("{\"inputs\":[],\"parameters\":{\"binary_data_output\":true},\"outputs\":["
                + "{\"name\":\"A\",\"parameters\":{\"binary_data\":false,\"classification\":3}},{\"name\":\"B\"}]}");
        assertThat(decoded.format().isBinary("A")).isFalse();
        assertThat(decoded.format().isBinary("B")).isTrue();
        assertThat(decoded.request().outputs()).extracting("name").containsExactly("A", "B");
        assertThat(decoded.request().outputs().get(0).parameters().integer("classification"))
                .hasValue(3L);
        assertThat(decoded.request().outputs().get(0).parameters().names()).containsExactly("classification");
    }

    @Test
    void requestParameters_goWhereTheyBelong() {
        InferenceRequest request = decode(
                        "{\"inputs\":[],\"parameters\":{\"priority\":2,\"timeout\":5,\"sequence_id\":18446744073709551615,"
                                + "\"sequence_start\":true,\"s\":\"t\",\"i\":-1,\"d\":0.5,\"b\":false}}")
                .request();
        assertThat(request.options().priority()).isEqualTo(2);
        assertThat(request.options().deadline().nanos()).isEqualTo(6000);
        assertThat(request.parameters().asMap())
                .containsEntry("sequence_id", -1L)
                .containsEntry("sequence_start", true)
                .containsEntry("s", "t")
                .containsEntry("i", -1L)
                .containsEntry("d", 0.5)
                .containsEntry("b", false)
                .hasSize(6);
        assertThat(decode("{\"inputs\":[],\"parameters\":{\"timeout\":0}}")
                        .request()
                        .options()
                        .deadline())
                .isSameAs(Deadline.NONE);
        InferenceRequest huge = decode("{\"inputs\":[],\"parameters\":{\"timeout\":18446744073709551615,"
                        + "\"priority\":18446744073709551615,\"sequence_id\":\"a\"}}")
                .request();
        assertThat(huge.options().deadline().isExpired(Long.MAX_VALUE / 4)).isFalse();
        assertThat(huge.options().priority()).isEqualTo(Integer.MAX_VALUE);
        assertThat(huge.parameters().string("sequence_id")).hasValue("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"inputs\":[],\"id\":1}|Unable to parse 'id': attempt to access JSON non-string as string",
                "{}|Unable to parse 'inputs': attempt to access non-existing object member 'inputs'",
                "[]|Unable to parse 'inputs': attempt to access non-existing object member 'inputs'",
                "{\"inputs\":{}}|Unable to parse 'inputs': attempt to access JSON non-array as array",
                "{\"inputs\":[1]}|Unable to parse 'name': attempt to access non-existing object member 'name'",
                "{\"inputs\":[],\"outputs\":1}|Unable to parse 'outputs': attempt to access JSON non-array as array",
                "{\"inputs\":[],\"outputs\":[{}]}|Unable to parse 'name': attempt to access non-existing object member 'name'",
                "{\"inputs\":[],\"outputs\":[{\"name\":\"x\"},{\"name\":\"x\"}]}|output 'x' already exists in request",
                "{\"inputs\":[],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"binary_data\":1}}]}|Unable to parse 'binary_data': attempt to access JSON non-boolean as boolean",
                "{\"inputs\":[],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"classification\":-1}}]}|Unable to parse 'classification': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "{\"inputs\":[],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"shared_memory_region\":\"r\",\"classification\":2}}]}|Output can't set both 'shared_memory_region' and 'classification'",
                "{\"inputs\":[],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"shared_memory_region\":\"r\",\"binary_data\":true}}]}|Output can't set both 'shared_memory_region' and 'binary_data'",
                "{\"inputs\":[],\"parameters\":{\"triton_x\":1}}|parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.",
                "{\"inputs\":[],\"parameters\":{\"x\":[1]}}|parameter 'x' has invalid type. It should be either 'int', 'bool', or 'string'.",
                "{\"inputs\":[],\"parameters\":{\"x\":null}}|parameter 'x' has invalid type. It should be either 'int', 'bool', or 'string'.",
                "{\"inputs\":[],\"parameters\":1}|failed to get request params.: attempt to get members for non-object",
                "{\"inputs\":[],\"parameters\":{\"priority\":-1}}|Unable to parse 'priority': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "{\"inputs\":[],\"parameters\":{\"timeout\":\"1\"}}|Unable to parse 'timeout': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "{\"inputs\":[],\"parameters\":{\"sequence_end\":0}}|Unable to parse 'sequence_end': attempt to access JSON non-boolean as boolean",
                "{\"inputs\":[],\"parameters\":{\"sequence_id\":true}}|Unable to parse 'sequence_id': attempt to access JSON non-string as string",
                "{\"inputs\":[],\"inputs\":[]}|field 'inputs' is given twice in the same object; give it once"
            })
    void faultyRequest_isRefusedWithTritonsText(String json, String message) {
        assertFault(json, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"shape\":[1],\"datatype\":\"INT8\"|Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But no field is set",
                "\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1],\"parameters\":{\"binary_data_size\":1,\"shared_memory_region\":\"r\"}|Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But set 'data' 'binary_data_size' 'shared_memory_region'",
                "\"shape\":[2],\"datatype\":\"INT8\",\"data\":[1]|Failed to parse 'data' field: shape does not match true shape",
                "\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1,2]|Unable to parse 'data': Shape does not match true shape of 'data' field",
                "\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"1\",\"2\"]|Unable to parse 'data': shape does not match true shape of 'data' field",
                "\"shape\":[1],\"datatype\":\"FP16\",\"data\":[1]|receiving FP16 data via JSON is not supported. Please use the binary data format for input X",
                "\"shape\":[1],\"datatype\":\"BF16\",\"data\":[1]|receiving BF16 data via JSON is not supported. Please use the binary data format for input X",
                "\"shape\":[-1],\"datatype\":\"INT8\",\"data\":[1]|Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "\"shape\":[1.0],\"datatype\":\"INT8\",\"data\":[1]|Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "\"shape\":1,\"datatype\":\"INT8\",\"data\":[1]|Unable to parse 'shape': attempt to access JSON non-array as array",
                "\"shape\":[9223372036854775808],\"datatype\":\"INT8\",\"data\":[1]|invalid shape for input 'X': shape [-9223372036854775808] contains one or more invalid dimensions",
                "\"shape\":[4294967296,4294967296],\"datatype\":\"INT8\",\"data\":[1]|invalid shape for input 'X': shape [4294967296,4294967296] causes total element count to exceed maximum size of 9223372036854775807",
                "\"shape\":[4611686018427387904],\"datatype\":\"INT64\",\"data\":[1]|byte size overflow for input 'X': element count (4611686018427387904) * data type size (8) exceeds maximum allowed size (9223372036854775807)",
                "\"shape\":[1048577],\"datatype\":\"INT8\",\"data\":[1]|JSON input 'X' has a byte_size (1048577 bytes) that exceeds the maximum allowed value of 1048576 bytes. Use --http-max-input-size to increase the limit.",
                "\"shape\":[1000000],\"datatype\":\"INT8\",\"data\":[1]|Failed to parse 'data' field: shape does not match true shape",
                "\"shape\":[1],\"data\":[1]|Unable to parse 'datatype': attempt to access non-existing object member 'datatype'",
                "\"datatype\":\"INT8\",\"data\":[1]|Unable to parse 'shape': attempt to access non-existing object member 'shape'",
                "\"shape\":[1],\"datatype\":\"INT8\",\"data\":1|Unable to parse 'data': attempt to access JSON non-array as array",
                "\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1],\"data\":[1]|field 'data' is given twice in the same object; give it once",
                "\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1],\"name\":\"Y\"|field 'name' is given twice in the same object; give it once",
                "\"shape\":[1],\"datatype\":\"INT8\",\"parameters\":{\"binary_data_size\":1}|unexpected size for input 'X', expecting 1 additional bytes for model 'm'",
                "\"shape\":[1],\"datatype\":\"INT8\",\"parameters\":{\"binary_data_size\":-1}|Unable to parse 'binary_data_size': attempt to access JSON non-unsigned-integer as unsigned-integer"
            })
    void faultyInput_isRefusedWithTritonsText(String fields, String message) {
        assertFault(input(fields), message);
    }

    @Test
    void unknownDatatype_isRefusedNamingTheKnownOnes() {
        assertFault(
                input("\"shape\":[1],\"datatype\":\"FLOAT\",\"data\":[1]"),
                "invalid datatype for input X: 'FLOAT' is none of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32,"
                        + " INT64, FP16, FP32, FP64, BF16, BYTES");
    }

    @Test
    void sameInputTwice_isRefused() {
        String input = "{\"name\":\"x\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1]}";
        assertFault("{\"inputs\":[" + input + "," + input + "]}", "input 'x' already exists in request");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|failed to parse the request JSON buffer: The document is empty. at 0",
                "{\"inputs\":[]} x|failed to parse the request JSON buffer: ",
                "{\"inputs\":[]}{}|failed to parse the request JSON buffer: The document root must not be followed by other values. at ",
                "{inputs:[]}|failed to parse the request JSON buffer: "
            })
    void brokenDocument_isRefused(String json, String start) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> decoder.decodeJson(MODEL, body, 0, body.length))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith(start);
    }

    @Test
    void everyPrefixOfARequest_isRefused() {
        byte[] body = GOOD.getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < body.length; length++) {
            int prefix = length;
            assertThatThrownBy(() -> decoder.decodeJson(MODEL, body, 0, prefix))
                    .as("%s bytes", prefix)
                    .isInstanceOf(InferenceException.class);
        }
    }

    @Test
    void invalidUtf8_isRefused() {
        byte[] body = GOOD.getBytes(StandardCharsets.UTF_8);
        body[GOOD.indexOf('7')] = (byte) 0xFF;
        assertThatThrownBy(() -> decoder.decodeJson(MODEL, body, 0, body.length))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("failed to parse the request JSON buffer: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"other\":", "\"data\":", "\"shape\":[1],\"datatype\":\"INT8\",\"data\":"})
    void deepNesting_isRefused(String before) {
        assertFault(
                input(before + "[".repeat(5000) + "]".repeat(5000)),
                "JSON nesting depth exceeds maximum allowed limit (100)");
    }

    @Test
    void tooMuchJson_isRefused() {
        byte[] body = new byte[(1 << 20) + 1];
        assertThatThrownBy(() -> decoder.decodeJson(MODEL, body, 0, body.length))
                .hasMessage(
                        "request JSON size of 1048577 bytes exceeds the maximum allowed input size of 1048576 bytes."
                                + " Use --http-max-input-size to increase the limit.");
    }

    @Test
    void budgetExceeded_passesThrough() {
        BudgetedAllocator budget = new BudgetedAllocator(allocator, 4);
        InferRequestDecoder poor = new InferRequestDecoder(CodecLimits.DEFAULT, budget, () -> 0);
        byte[] body = GOOD.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> poor.decodeJson(MODEL, body, 0, body.length))
                .isInstanceOf(MemoryBudgetExceededException.class);
        assertThat(budget.inUse()).isZero();
    }

    private InferenceRequest binary(String json, byte... tail) {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        byte[] whole = java.util.Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, whole, head.length, tail.length);
        HostMemory body = allocator.holding(whole);
        try {
            return decoder.decodeBinary(MODEL, body, head.length).request();
        } finally {
            body.release();
        }
    }

    @Test
    void binaryInputs_areCutOffInTheirOrder() {
        InferenceRequest request = binary(
                "{\"inputs\":[{\"name\":\"A\",\"shape\":[2],\"datatype\":\"INT8\",\"parameters\":{\"binary_data_size\":2}},"
                        + "{\"name\":\"J\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[9]},"
                        + "{\"name\":\"Z\",\"shape\":[0],\"datatype\":\"INT8\",\"parameters\":{\"binary_data_size\":0}},"
                        + "{\"name\":\"B\",\"shape\":[1],\"datatype\":\"INT8\",\"parameters\":{\"binary_data_size\":1}}]}",
                (byte) 1,
                (byte) 2,
                (byte) 3);
        assertThat(request.inputs().get(0).buffer().get(1)).isEqualTo((byte) 2);
        assertThat(request.inputs().get(1).buffer().get(0)).isEqualTo((byte) 9);
        assertThat(request.inputs().get(2).byteSize()).isZero();
        assertThat(request.inputs().get(3).buffer().get(0)).isEqualTo((byte) 3);
        request.release();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "4|2|unexpected size for input 'X', expecting 2 additional bytes for model 'm'",
                "4|5|unexpected additional input data for model 'm'",
                "18446744073709551615|2|[request id: <id_unknown>] input byte size mismatch for input 'X' for model 'm'. Expected 4, got 18446744073709551615",
                "3|3|[request id: <id_unknown>] input byte size mismatch for input 'X' for model 'm'. Expected 4, got 3"
            })
    void binaryOfWrongSize_isRefusedWithTritonsText(String size, int actual, String message) {
        assertThatThrownBy(() -> binary(
                        input("\"shape\":[4],\"datatype\":\"INT8\",\"parameters\":{\"binary_data_size\":" + size + "}"),
                        new byte[actual]))
                .isInstanceOf(InferenceException.class)
                .hasMessage(message);
    }

    private static ModelDescription model(int maxBatchSize, ModelInput... inputs) throws InvalidModelConfigException {
        ModelConfig config = ModelConfig.builder("m")
                .backend("b")
                .maxBatchSize(maxBatchSize)
                .inputs(List.of(inputs))
                .outputs(List.of(ModelOutput.of("O", DataType.INT8, 1L)))
                .build();
        return new ModelDescription(config, List.of(1L));
    }

    private DecodedRequest raw(ModelDescription model, int bytes) {
        HostMemory body = allocator.holding(new byte[bytes]);
        try {
            return decoder.decodeRaw(MODEL, model, body);
        } finally {
            body.release();
        }
    }

    @Test
    void rawBody_becomesTheOneInput() throws InvalidModelConfigException {
        DecodedRequest open = raw(model(8, ModelInput.of("I", DataType.FP32, 2L, -1L)), 24);
        assertThat(open.request().inputs().get(0).shape()).isEqualTo(Shape.of(1, 2, 3));
        assertThat(open.format().isBinary("O")).isTrue();
        open.request().release();
        DecodedRequest fixed = raw(model(0, ModelInput.of("I", DataType.INT16, 2L)), 4);
        assertThat(fixed.request().inputs().get(0).shape()).isEqualTo(Shape.of(2));
        fixed.request().release();
        DecodedRequest text = raw(model(0, ModelInput.of("I", DataType.BYTES, 1L)), 5);
        assertThat(BytesElements.decode(text.request().inputs().get(0).buffer()))
                .containsExactly(new byte[5]);
        text.request().release();
    }

    @Test
    void rawBodyThatDoesNotFit_isRefusedWithTritonsText() throws InvalidModelConfigException {
        ModelInput open = ModelInput.of("I", DataType.FP32, -1L, -1L);
        ModelInput one = ModelInput.of("J", DataType.FP32, -1L);
        ModelInput text = ModelInput.of("T", DataType.BYTES, 2L);
        assertRawFault(
                model(0, open, one, text),
                4,
                "Raw request must only have 1 input (found 1) to be deduced but got 3 inputs in 'm' model configuration");
        assertRawFault(
                model(0, open),
                4,
                "The shape of the raw input 'I' can not be deduced because there are more than one variable-sized dimension");
        assertRawFault(model(0, text), 4, "For BYTE datatype raw input 'T', the model must have input shape [1]");
        assertRawFault(
                model(0, one),
                5,
                "[request id: <id_unknown>] input byte size mismatch for input 'J' for model 'm'. Expected 4, got 5");
        assertRawFault(
                model(0, one),
                (1 << 20) + 4,
                "Raw input has a byte_size (1048580 bytes) that exceeds the maximum allowed value of 1048576 bytes."
                        + " Use --http-max-input-size to increase the limit.");
    }

    private void assertRawFault(ModelDescription model, int bytes, String message) {
        assertThatThrownBy(() -> raw(model, bytes))
                .isInstanceOf(InferenceException.class)
                .hasMessage(message);
    }

    @Test
    void alignedStart_putsTheFirstTensorAtAMultipleOf64() {
        for (int length = 0; length < 200; length++) {
            int start = InferRequestDecoder.alignedStart(length);
            assertThat(start).isBetween(0, 63);
            assertThat((start + length) % 64).isZero();
        }
    }
}
