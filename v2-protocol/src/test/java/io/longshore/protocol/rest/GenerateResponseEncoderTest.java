package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GenerateResponseEncoderTest {
    private final GenerateResponseEncoder encoder = new GenerateResponseEncoder();

    @Test
    void outputs_areElementsOrArrays() {
        assertThat(json("", text("TEXT", "hi \"you\"\n"), ints("IDS", 1, 2), ints("N", 3), ints("NONE")))
                .isEqualTo("{\"model_name\":\"m\",\"model_version\":\"3\",\"TEXT\":\"hi \\\"you\\\"\\n\","
                        + "\"IDS\":[1,2],\"N\":3,\"NONE\":[]}");
    }

    @Test
    void idAndParameters_comeBeforeTheOutputs() {
        InferenceResponse response = new InferenceResponse(
                "42", new ModelId("m", 3), List.of(ints("N", 3)), Parameters.of(Map.of("done", true)));

        assertThat(text(encoder.encode(response)))
                .isEqualTo("{\"id\":\"42\",\"model_name\":\"m\",\"model_version\":\"3\",\"done\":true,\"N\":3}");
    }

    @Test
    void fieldsOfTheSameName_areWrittenOnce() {
        InferenceResponse response = new InferenceResponse(
                "42",
                new ModelId("m", 3),
                List.of(ints("model_name", 3), ints("x", 4), ints("id", 5)),
                Parameters.of(Map.of("x", "p")));

        assertThat(text(encoder.encode(response)))
                .isEqualTo("{\"id\":\"42\",\"model_name\":\"m\",\"model_version\":\"3\",\"x\":\"p\"}");
    }

    @Test
    void event_isOneLineAndAnEmptyOne() {
        InferenceResponse response =
                new InferenceResponse("", new ModelId("m", 3), List.of(text("T", "a\nb")), Parameters.NONE);

        assertThat(text(encoder.encodeEvent(response)))
                .isEqualTo("data: {\"model_name\":\"m\",\"model_version\":\"3\",\"T\":\"a\\nb\"}\n\n");
        assertThat(text(encoder.errorEvent("it \"broke\"\n")))
                .isEqualTo("data: {\"error\":\"it \\\"broke\\\"\\n\"}\n\n");
    }

    @Test
    void outputThatJsonCannotHold_isRefused() {
        Tensor half = new Tensor("H", DataType.FP16, Shape.of(1), MemoryAllocator.HEAP.allocate(2));

        assertThatThrownBy(() -> json("", half)).hasMessageContaining("sending FP16 data via JSON is not supported");
    }

    private String json(String id, Tensor... outputs) {
        return text(encoder.encode(new InferenceResponse(id, new ModelId("m", 3), List.of(outputs), Parameters.NONE)));
    }

    private static String text(EncodedResponse encoded) {
        try (encoded) {
            return new String(RoundTripTest.bytes(encoded), StandardCharsets.UTF_8);
        }
    }

    private static Tensor ints(String name, int... values) {
        return Tensors.ofInts(MemoryAllocator.HEAP, name, Shape.of(values.length), values);
    }

    private static Tensor text(String name, String value) {
        return Tensors.ofStrings(MemoryAllocator.HEAP, name, Shape.of(1, 1), value);
    }
}
