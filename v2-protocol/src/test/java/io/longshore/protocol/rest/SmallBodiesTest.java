package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.Readiness;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.DataType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors, metadata, health and the header. */
class SmallBodiesTest {
    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Test
    void error_isEscaped() {
        assertThat(text(ErrorBody.json("a \"b\" \\ \n\u0001 ä😀")))
                .isEqualTo("{\"error\":\"a \\\"b\\\" \\\\ \\n\\u0001 ä😀\"}");
        assertThat(text(ErrorBody.json("\ud83d!"))).isEqualTo("{\"error\":\"?!\"}");
        assertThat(ErrorBody.json("x".repeat(100_000))).hasSize(100_012);
    }

    @Test
    void server_isDescribed() {
        assertThat(text(MetadataEncoder.server("triton", "2.1", List.of("a", "b"))))
                .isEqualTo("{\"name\":\"triton\",\"version\":\"2.1\",\"extensions\":[\"a\",\"b\"]}");
    }

    private static ModelConfig.Builder config() {
        return ModelConfig.builder("m")
                .backend("onnxruntime")
                .inputs(List.of(ModelInput.of("I", DataType.INT32, 16L), ModelInput.of("J", DataType.BYTES, -1L)))
                .outputs(List.of(ModelOutput.of("O", DataType.FP32)));
    }

    @Test
    void model_isDescribedWithBatchDimensionAndBackend() throws InvalidModelConfigException {
        ModelDescription batched = new ModelDescription(config().maxBatchSize(8).build(), List.of(1L, 3L));
        assertThat(text(MetadataEncoder.model(batched)))
                .isEqualTo("{\"name\":\"m\",\"versions\":[\"1\",\"3\"],\"platform\":\"onnxruntime\",\"inputs\":["
                        + "{\"name\":\"I\",\"datatype\":\"INT32\",\"shape\":[-1,16]},"
                        + "{\"name\":\"J\",\"datatype\":\"BYTES\",\"shape\":[-1,-1]}],"
                        + "\"outputs\":[{\"name\":\"O\",\"datatype\":\"FP32\",\"shape\":[-1]}]}");
    }

    @Test
    void model_isDescribedWithPlatformAndWithoutBatchDimension() throws InvalidModelConfigException {
        ModelDescription plain =
                new ModelDescription(config().platform("onnxruntime_onnx").build(), List.of(1L));
        assertThat(text(MetadataEncoder.model(plain)))
                .contains("\"platform\":\"onnxruntime_onnx\"")
                .contains("{\"name\":\"I\",\"datatype\":\"INT32\",\"shape\":[16]}")
                .contains("{\"name\":\"O\",\"datatype\":\"FP32\",\"shape\":[]}");
    }

    @Test
    void health_isWhatKServeReads() {
        assertThat(text(MetadataEncoder.live(true))).isEqualTo("{\"live\":true}");
        assertThat(text(MetadataEncoder.ready(Readiness.READY))).isEqualTo("{\"ready\":true}");
        assertThat(text(MetadataEncoder.ready(Readiness.notReady("why"))))
                .isEqualTo("{\"ready\":false,\"error\":\"why\"}");
        assertThat(text(MetadataEncoder.modelReady("m", Readiness.READY))).isEqualTo("{\"name\":\"m\",\"ready\":true}");
        assertThat(text(MetadataEncoder.models(List.of("a", "b")))).isEqualTo("{\"models\":[\"a\",\"b\"]}");
        assertThat(text(MetadataEncoder.models(List.of()))).isEqualTo("{\"models\":[]}");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 5", "10, 10", "' 7 ', 7", "+3, 3"})
    void header_isParsed(String value, int expected) {
        assertThat(InferenceHeaderLength.parse(value, 10)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "abc|Unable to parse Inference-Header-Content-Length, got: abc",
                "1x|Unable to parse Inference-Header-Content-Length, got: 1x",
                "1 2|Unable to parse Inference-Header-Content-Length, got: 1 2",
                "11|inference header size should be in range (0, 10), got: 11",
                "-1|inference header size should be in range (0, 10), got: -1",
                "2147483648|Unable to parse Inference-Header-Content-Length, value is out of range [ -2147483648, 2147483647 ], got: 2147483648"
            })
    void wrongHeader_isRefusedWithTritonsText(String value, String message) {
        assertThatThrownBy(() -> InferenceHeaderLength.parse(value, 10))
                .isInstanceOf(InferenceException.class)
                .hasMessage(message);
    }
}
