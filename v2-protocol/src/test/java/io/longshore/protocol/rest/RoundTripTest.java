package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelId;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.SameTensors;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the encoder writes as outputs reads back, as inputs, as the same tensors. */
class RoundTripTest {
    private static final ModelSelector MODEL = ModelSelector.latest("m");

    private final CountingAllocator allocator = new CountingAllocator();
    private final InferRequestDecoder decoder = new InferRequestDecoder(CodecLimits.DEFAULT, allocator, Ticker.SYSTEM);
    private final InferResponseEncoder encoder = new InferResponseEncoder();

    @AfterEach
    void allMemoryIsReleased() {
        assertThat(allocator.out()).isZero();
    }

    static byte[] bytes(EncodedResponse response) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (ByteBuffer part : response.parts()) {
            byte[] bytes = new byte[part.remaining()];
            part.duplicate().get(bytes);
            out.writeBytes(bytes);
        }
        assertThat(out.size()).isEqualTo((int) response.byteSize());
        return out.toByteArray();
    }

    /** The response's body as a request's: the same but for the name of the list. */
    private byte[] asRequest(EncodedResponse response, int jsonLength) {
        byte[] body = bytes(response);
        String json =
                new String(body, 0, jsonLength, StandardCharsets.ISO_8859_1).replaceFirst("\"outputs\"", "\"inputs\"");
        byte[] head = json.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer request = ByteBuffer.allocate(head.length + body.length - jsonLength);
        return request.put(head).put(body, jsonLength, body.length - jsonLength).array();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FP16", "BF16"})
    void json_readsBackTheSame(DataType type) {
        for (long seed = 0; seed < 300; seed++) {
            RandomTensors tensors = new RandomTensors(seed, allocator);
            List<Tensor> outputs = List.of(tensors.next("A", type), tensors.next("ä\"b", type));
            InferenceResponse response = new InferenceResponse("id", new ModelId("m", 1), outputs, Parameters.NONE);
            try (EncodedResponse encoded = encoder.encode(response, OutputFormat.JSON)) {
                assertThat(encoded.contentType()).isEqualTo("application/json");
                assertThat(encoded.jsonLength()).isEmpty();
                byte[] request = asRequest(encoded, (int) encoded.byteSize());
                DecodedRequest decoded = decoder.decodeJson(MODEL, request, 0, request.length);
                assertThat(decoded.request().id()).isEqualTo("id");
                SameTensors.check(decoded.request().inputs(), outputs, seed);
                decoded.request().release();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void binary_readsBackTheSameWithoutCopying(DataType type) {
        for (long seed = 0; seed < 300; seed++) {
            RandomTensors tensors = new RandomTensors(seed, allocator);
            List<Tensor> outputs = List.of(tensors.next("A", type), tensors.next("B", type));
            InferenceResponse response = new InferenceResponse("", new ModelId("m", 2), outputs, Parameters.NONE);
            try (EncodedResponse encoded = encoder.encode(response, OutputFormat.BINARY)) {
                assertThat(encoded.contentType()).isEqualTo("application/octet-stream");
                int jsonLength = encoded.jsonLength().orElseThrow();
                byte[] request = asRequest(encoded, jsonLength);
                HostMemory body = allocator.holding(request);
                int before = allocator.total();
                DecodedRequest decoded = decoder.decodeBinary(MODEL, body, jsonLength - 1);
                body.release();
                assertThat(allocator.total()).isEqualTo(before);
                SameTensors.check(decoded.request().inputs(), outputs, seed);
                decoded.request().release();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FP16", "BF16"})
    void mixedFormats_readBackTheSame(DataType type) {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomTensors tensors = new RandomTensors(seed, allocator);
            List<Tensor> outputs = List.of(tensors.next("A", type), tensors.next("B", type), tensors.next("C", type));
            OutputFormat format = OutputFormat.of(
                    random.nextBoolean(), java.util.Map.of("A", random.nextBoolean(), "B", random.nextBoolean()));
            InferenceResponse response = new InferenceResponse("", new ModelId("m", 2), outputs, Parameters.NONE);
            try (EncodedResponse encoded = encoder.encode(response, format)) {
                int jsonLength = encoded.jsonLength().orElse((int) encoded.byteSize());
                HostMemory body = allocator.holding(asRequest(encoded, jsonLength));
                DecodedRequest decoded = decoder.decodeBinary(MODEL, body, jsonLength - 1);
                body.release();
                SameTensors.check(decoded.request().inputs(), outputs, seed);
                decoded.request().release();
            }
        }
    }
}
