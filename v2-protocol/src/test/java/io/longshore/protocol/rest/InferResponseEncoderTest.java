package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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

    /** The values that matter of a type: zero, one, the extremes, and the special ones. */
    private Tensor edgeValues(DataType type) {
        ByteBuffer out = ByteBuffer.allocate(64).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case BOOL -> out.put(new byte[] {0, 1, 2});
            case UINT8, INT8 -> out.put(new byte[] {0, 1, 127, -128, -1});
            case UINT16, INT16 ->
                out.putShort((short) 0)
                        .putShort(Short.MAX_VALUE)
                        .putShort(Short.MIN_VALUE)
                        .putShort((short) -1);
            case UINT32, INT32 ->
                out.putInt(0)
                        .putInt(Integer.MAX_VALUE)
                        .putInt(Integer.MIN_VALUE)
                        .putInt(-1);
            case UINT64, INT64 ->
                out.putLong(0).putLong(Long.MAX_VALUE).putLong(Long.MIN_VALUE).putLong(-1);
            case FP32 ->
                out.putFloat(0.1f)
                        .putFloat(-0f)
                        .putFloat(Float.MAX_VALUE)
                        .putFloat(Float.NaN)
                        .putFloat(Float.NEGATIVE_INFINITY);
            case FP64 -> out.putDouble(0.1).putDouble(Double.MAX_VALUE).putDouble(Double.POSITIVE_INFINITY);
            case FP16, BF16 -> out.putShort((short) 0x3C00);
            case BYTES -> {
                HostMemory memory = BytesElements.encode(
                        List.of("ä\"\n\0".getBytes(StandardCharsets.UTF_8), new byte[0]), allocator);
                return new Tensor("OUT", type, Shape.of(2), memory);
            }
        }
        out.flip();
        byte[] bytes = new byte[out.remaining()];
        out.get(bytes);
        return tensor("OUT", type, Shape.of(1, bytes.length / type.byteWidth()), bytes);
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
