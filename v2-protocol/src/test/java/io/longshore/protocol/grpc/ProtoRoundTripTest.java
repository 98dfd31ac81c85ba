package io.longshore.protocol.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelId;
import io.longshore.protocol.SameTensors;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.grpc.proto.ModelInferResponse.InferOutputTensor;
import io.longshore.protocol.grpc.proto.ModelStreamInferResponse;
import io.longshore.protocol.rest.RandomTensors;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What protobuf writes is read, and what is written protobuf reads, as the same. */
class ProtoRoundTripTest {
    private static final int SEEDS = 300;

    private final CountingAllocator allocator = new CountingAllocator();
    private final ProtoInferDecoder decoder = new ProtoInferDecoder(1 << 20, allocator, Ticker.SYSTEM);
    private final ProtoInferEncoder encoder = new ProtoInferEncoder();

    @AfterEach
    void allMemoryIsReleased() {
        assertThat(allocator.live()).isZero();
    }

    private List<Tensor> tensors(DataType type, long seed) {
        RandomTensors random = new RandomTensors(seed, allocator);
        List<Tensor> tensors = new ArrayList<>();
        for (String name : List.of("A", "ä\"b", "").subList(0, 1 + (int) (seed % 3))) {
            tensors.add(random.next(name, type));
        }
        return tensors;
    }

    private static Map<String, Object> parameters(SplittableRandom random) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = "p" + random.nextInt(100);
            switch (random.nextInt(4)) {
                case 0 -> parameters.put(name, random.nextLong());
                case 1 -> parameters.put(name, random.nextBoolean());
                case 2 -> parameters.put(name, random.nextDouble());
                default -> parameters.put(name, "x".repeat(random.nextInt(300)));
            }
        }
        return parameters;
    }

    private static InferParameter message(Object value) {
        if (value instanceof Long integer) {
            return Requests.integer(integer);
        }
        if (value instanceof Double decimal) {
            return Requests.decimal(decimal);
        }
        return value instanceof Boolean bool ? Requests.bool(bool) : Requests.text((String) value);
    }

    private void checkRequest(ModelInferRequest.Builder message, List<Tensor> tensors, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Object> parameters = parameters(random);
        parameters.forEach((name, value) -> message.putParameters(name, message(value)));
        message.setId("id" + seed).addOutputs(Requests.output("O")).addOutputs(Requests.output("P"));
        byte[] bytes = WireBytes.shuffled(message.build().toByteArray(), random);
        InferenceRequest request =
                decoder.decode(WireSource.of(WireBytes.pieces(bytes, random))).request();
        assertThat(request.id()).as("seed %s", seed).isEqualTo("id" + seed);
        assertThat(request.model().name()).isEqualTo("m");
        assertThat(request.parameters()).as("seed %s", seed).isEqualTo(Parameters.of(parameters));
        assertThat(request.outputs()).extracting("name").containsExactly("O", "P");
        SameTensors.check(request.inputs(), tensors, seed);
        request.release();
        tensors.forEach(Tensor::release);
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void rawRequestsOfProtobuf_areRead(DataType type) {
        for (long seed = 0; seed < SEEDS; seed++) {
            ModelInferRequest.Builder message = Requests.request();
            List<Tensor> tensors = tensors(type, seed);
            for (Tensor tensor : tensors) {
                message.addInputs(Requests.describing(tensor)).addRawInputContents(Requests.raw(tensor));
            }
            checkRequest(message, tensors, seed);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FP16", "BF16"})
    void typedRequestsOfProtobuf_areRead(DataType type) {
        for (long seed = 0; seed < SEEDS; seed++) {
            ModelInferRequest.Builder message = Requests.request();
            List<Tensor> tensors = tensors(type, seed);
            for (Tensor tensor : tensors) {
                message.addInputs(Requests.describing(tensor).setContents(Requests.typed(tensor)));
            }
            checkRequest(message, tensors, seed);
        }
    }

    private static ModelInferResponse expected(InferenceResponse response, Map<String, Object> parameters) {
        ModelInferResponse.Builder message = ModelInferResponse.newBuilder()
                .setModelName(response.model().name())
                .setModelVersion(Long.toString(response.model().version()))
                .setId(response.id());
        parameters.forEach((name, value) -> message.putParameters(name, message(value)));
        for (Tensor output : response.outputs()) {
            InferOutputTensor.Builder described = message.addOutputsBuilder()
                    .setName(output.name())
                    .setDatatype(output.type().wireName());
            for (long dim : output.shape().toArray()) {
                described.addShape(dim);
            }
            message.addRawOutputContents(Requests.raw(output));
        }
        return message.build();
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void responses_areWhatProtobufWouldWrite(DataType type) throws InvalidProtocolBufferException {
        for (long seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Map<String, Object> values = parameters(random);
            Map<String, Object> extra = parameters(random);
            InferenceResponse response = new InferenceResponse(
                    random.nextBoolean() ? "id" : "",
                    new ModelId("m", 1 + random.nextInt(1000)),
                    tensors(type, seed),
                    Parameters.of(values));
            ModelInferResponse plain = expected(response, values);
            response.outputs().forEach(Tensor::retain);
            try (EncodedMessage encoded = encoder.encode(response)) {
                byte[] bytes = WireBytes.of(encoded);
                assertThat(bytes).as("seed %s", seed).hasSize(encoded.byteSize());
                assertThat(ModelInferResponse.parseFrom(bytes))
                        .as("seed %s", seed)
                        .isEqualTo(plain);
                assertThat(bytes).as("seed %s", seed).hasSameSizeAs(plain.toByteArray());
            }
            values.putAll(extra);
            ModelStreamInferResponse streamed = ModelStreamInferResponse.newBuilder()
                    .setInferResponse(expected(response, values))
                    .build();
            try (EncodedMessage encoded = encoder.encodeStreamed(response, Parameters.of(extra))) {
                byte[] bytes = WireBytes.of(encoded);
                assertThat(bytes).as("seed %s", seed).hasSize(encoded.byteSize());
                assertThat(ModelStreamInferResponse.parseFrom(bytes))
                        .as("seed %s", seed)
                        .isEqualTo(streamed);
            }
        }
    }
}
