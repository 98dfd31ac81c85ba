package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.protocol.EdgeValues;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InferResponseEncoderTest {
    private static final ModelId MODEL = new ModelId("m", 3);

    private final CountingAllocator allocator = new CountingAllocator();
    private final InferResponseEncoder encoder = new InferResponseEncoder();

    @AfterEach
    void allMemoryIsReleased() {
        assertThat(allocator.out()).isZero();
    }

    private String encode(InferenceResponse response, OutputFormat format) {
        try (EncodedResponse encoded = encoder.encode(response, format)) {
            return new String(RoundTripTest.bytes(encoded), StandardCharsets.UTF_8);
        }
    }

    private Tensor tensor(String name, DataType type, Shape shape, byte... bytes) {
        return new Tensor(name, type, shape, allocator.holding(bytes));
    }

    private Tensor edgeValues(DataType type) {
        return EdgeValues.tensor(type, allocator);
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = InferResponseEncoderTest.class.getResourceAsStream("/golden/" + name)) {
            assertThat(in).as("golden file %s", name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FP16", "BF16"})
    void json_isWhatTheGoldenFileHolds(DataType type) throws IOException {
        InferenceResponse response = new InferenceResponse("42", MODEL, List.of(edgeValues(type)), Parameters.NONE);
        assertThat(encode(response, OutputFormat.JSON)).isEqualTo(golden(type.wireName() + ".json"));
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void binary_isWhatTheGoldenFileHolds(DataType type) throws IOException {
        InferenceResponse response = new InferenceResponse("", MODEL, List.of(edgeValues(type)), Parameters.NONE);
        try (EncodedResponse encoded = encoder.encode(response, OutputFormat.BINARY)) {
            byte[] body = RoundTripTest.bytes(encoded);
            int json = encoded.jsonLength().orElseThrow();
            String hex = java.util.HexFormat.of().formatHex(body, json, body.length);
            assertThat(new String(body, 0, json, StandardCharsets.UTF_8) + "\n" + hex)
                    .isEqualTo(golden(type.wireName() + ".binary"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FP16", "BF16"})
    void halfFloatAsJson_isRefusedWithTritonsText(DataType type) {
        InferenceResponse response = new InferenceResponse("", MODEL, List.of(edgeValues(type)), Parameters.NONE);
        assertThatThrownBy(() -> encoder.encode(response, OutputFormat.JSON))
                .isInstanceOf(InferenceException.class)
                .hasMessage("sending " + type
                        + " data via JSON is not supported. Please use the binary data format for output OUT");
        response.release();
    }

    @Test
    void textThatIsNotUtf8_isRefused() {
        HostMemory memory = BytesElements.encode(List.of(new byte[] {'a', (byte) 0xFF}), allocator);
        InferenceResponse response = new InferenceResponse(
                "", MODEL, List.of(new Tensor("T", DataType.BYTES, Shape.of(1), memory)), Parameters.NONE);
        assertThatThrownBy(() -> encoder.encode(response, OutputFormat.JSON))
                .hasMessage(
                        "output 'T' holds bytes that are not UTF-8 and cannot be sent as JSON. Please use the binary data"
                                + " format for output T");
        response.release();
    }

    @Test
    void brokenBytesOfAModel_areItsFault() {
        for (byte[] broken : new byte[][] {{1, 0}, {9, 0, 0, 0, 'a'}, {-1, -1, -1, -1}}) {
            InferenceResponse response = new InferenceResponse(
                    "", MODEL, List.of(tensor("T", DataType.BYTES, Shape.of(1), broken)), Parameters.NONE);
            assertThatThrownBy(() -> encoder.encode(response, OutputFormat.JSON))
                    .hasMessage("output tensor shape does not match size of output for 'T'")
                    .extracting(e -> ((InferenceException) e).code())
                    .isEqualTo(ErrorCode.MODEL_FAILED);
            response.release();
        }
    }

    @Test
    void parametersAndEmptyOutputs_areWritten() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("a", "x");
        values.put("b", 1L);
        values.put("c", 0.5);
        values.put("d", true);
        InferenceResponse response = new InferenceResponse("", MODEL, List.of(), Parameters.of(values));
        assertThat(encode(response, OutputFormat.JSON))
                .isEqualTo(
                        "{\"model_name\":\"m\",\"model_version\":\"3\",\"parameters\":{\"a\":\"x\",\"b\":1,\"c\":0.5,"
                                + "\"d\":true},\"outputs\":[]}");
    }

    @Test
    void emptyBinaryOutput_stillHasItsHeader() {
        InferenceResponse response =
                new InferenceResponse("", MODEL, List.of(tensor("O", DataType.FP32, Shape.of(0))), Parameters.NONE);
        try (EncodedResponse encoded = encoder.encode(response, OutputFormat.BINARY)) {
            assertThat(encoded.jsonLength()).hasValue((int) encoded.byteSize());
        }
    }

    @Test
    void closingTwice_releasesOnce() {
        InferenceResponse response = new InferenceResponse(
                "", MODEL, List.of(tensor("O", DataType.INT8, Shape.of(1), (byte) 1)), Parameters.NONE);
        EncodedResponse encoded = encoder.encode(response, OutputFormat.JSON);
        encoded.close();
        encoded.close();
        assertThat(allocator.out()).isZero();
    }
}
