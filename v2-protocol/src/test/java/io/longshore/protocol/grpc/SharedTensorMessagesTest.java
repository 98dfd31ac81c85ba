package io.longshore.protocol.grpc;

import static io.longshore.protocol.grpc.Requests.input;
import static io.longshore.protocol.grpc.Requests.integer;
import static io.longshore.protocol.grpc.Requests.output;
import static io.longshore.protocol.grpc.Requests.raw;
import static io.longshore.protocol.grpc.Requests.request;
import static io.longshore.protocol.grpc.Requests.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.SharedRegion;
import io.longshore.model.ModelId;
import io.longshore.protocol.SameTensors;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.rest.RandomTensors;
import io.longshore.region.SharedFolder;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SharedTensorMessagesTest {
    @TempDir
    private Path folder;

    private final CountingAllocator allocator = new CountingAllocator();
    private SharedFolder shared;
    private ProtoInferDecoder decoder;

    @BeforeEach
    void open() {
        shared = new SharedFolder(folder);
        decoder = new ProtoInferDecoder(1 << 20, allocator, () -> 1000, shared.registry);
    }

    @AfterEach
    void nothingIsHeld() {
        assertThat(allocator.live()).isZero();
        shared.registry.unregister(SharedRegion.Posix.class, "");
        assertThat(shared.names()).as("regions in use").isEmpty();
        shared.registry.close();
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void anyTensor_isReadWhereItLiesAndWrittenWhereItIsWanted(DataType type) throws InvalidProtocolBufferException {
        for (long seed = 0; seed < 30; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Tensor tensor = new RandomTensors(seed, allocator).next("X", type);
            int size = (int) tensor.byteSize();
            int at = random.nextInt(20);
            ByteBuffer object = ByteBuffer.allocate(at + size + 1 + random.nextInt(20));
            shared.region("in", object.put(at, tensor.buffer(), 0, size).array());
            shared.region("out", new byte[size + 3]);

            DecodedMessage decoded = decode(request()
                    .addInputs(Requests.describing(tensor).putAllParameters(place("in", at, size)))
                    .addOutputs(output("X").putAllParameters(place("out", 2, size))));
            SameTensors.check(decoded.request().inputs(), List.of(tensor), seed);
            ModelInferResponse answer = answer(decoded);

            assertThat(answer.getRawOutputContentsList()).as("seed %s", seed).hasSize(1);
            assertThat(answer.getRawOutputContents(0)).isEmpty();
            assertThat(answer.getOutputs(0).getParametersCount()).isZero();
            assertThat(answer.getOutputs(0).getDatatype()).isEqualTo(type.wireName());
            assertThat(answer.getOutputs(0).getShapeCount())
                    .isEqualTo(tensor.shape().rank());
            assertThat(ByteBuffer.wrap(shared.bytes("out"), 2, size)).isEqualTo(tensor.buffer());
            tensor.release();
            shared.registry.unregister(SharedRegion.Posix.class, "");
        }
    }

    @Test
    void rawContents_areThoseOfTheOtherInputs() throws InvalidProtocolBufferException {
        shared.region("r", (byte) 7);
        DecodedMessage decoded = decode(request()
                .addInputs(input("A", "INT8", 1))
                .addInputs(input("B", "INT8", 1).putAllParameters(place("r", 0, 1)))
                .addInputs(input("C", "INT8", 1))
                .addOutputs(output("B").putAllParameters(place("r", 0, 1)))
                .addRawInputContents(raw(1))
                .addRawInputContents(raw(3)));
        ModelInferResponse answer = answer(decoded);
        assertThat(answer.getRawOutputContentsList()).containsExactly(raw(1), raw(), raw(3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|3|input byte size mismatch for input 'A' for model 'm'. Expected 2, got 3",
                "4|2|Invalid offset for shared memory region: 'r'",
                "-1|2|Invalid offset for shared memory region: 'r'",
                "3|2|Invalid offset + byte size for shared memory region: 'r'",
                "0|-1|Invalid offset + byte size for shared memory region: 'r'",
                "3|-3|Integer overflow detected: byte_size (18446744073709551613) + offset (3) exceeds maximum value"
            })
    void inputThatDoesNotFit_isInvalid(long offset, long size, String text) {
        shared.region("r", new byte[4]);
        assertFails(
                request().addInputs(input("A", "INT8", 2).putAllParameters(place("r", offset, size))),
                ErrorCode.INVALID_ARGUMENT,
                text);
    }

    @Test
    void unknownRegion_isNotFound() {
        assertFails(
                request().addInputs(input("A", "INT8", 2).putAllParameters(place("x", 0, 2))),
                ErrorCode.REGION_NOT_FOUND,
                "Unable to find shared memory region: 'x'");
        assertFails(
                request().addOutputs(output("A").putAllParameters(place("x", 0, 2))),
                ErrorCode.REGION_NOT_FOUND,
                "Unable to find shared memory region: 'x'");
    }

    @Test
    void faultBehindARegion_givesItBack() {
        shared.region("r", new byte[4]);
        assertFails(
                request()
                        .addOutputs(output("O").putAllParameters(place("r", 0, 4)))
                        .addInputs(input("A", "INT8", 4).putAllParameters(place("r", 0, 4)))
                        .addInputs(input("B", "INT8", 4)),
                ErrorCode.INVALID_ARGUMENT,
                "unable to find data for input tensor 'B' for model 'm' in request.");
    }

    @Test
    void manyOutputsOfOneRegion_areAllGivenBack() {
        shared.region("r", new byte[4]);
        ModelInferRequest.Builder message = request();
        for (int i = 0; i < 10_000; i++) {
            message.addOutputs(output("O" + i).putAllParameters(place("r", 0, 1)));
        }
        DecodedMessage decoded = decode(message);
        assertThat(decoded.request().outputs())
                .hasSize(10_000)
                .allSatisfy(output -> assertThat(output.parameters().isEmpty()).isTrue());
        decoded.release();
    }

    private DecodedMessage decode(ModelInferRequest.Builder message) {
        return decoder.decode(WireSource.of(message.build().toByteArray()));
    }

    /** The message that answers a request whose outputs are its inputs. */
    private static ModelInferResponse answer(DecodedMessage decoded) throws InvalidProtocolBufferException {
        RecordingSink sink = new RecordingSink();
        decoded.regions()
                .infer(
                        (request, engineSink) -> {
                            engineSink.onResponse(
                                    new InferenceResponse("", new ModelId("m", 1), request.inputs(), Parameters.NONE),
                                    true);
                            return () -> {};
                        },
                        decoded.request(),
                        sink);
        try (EncodedMessage message =
                new ProtoInferEncoder().encode(sink.responses().get(0))) {
            byte[] bytes = WireBytes.of(message);
            assertThat(bytes).hasSize(message.byteSize());
            return ModelInferResponse.parseFrom(bytes);
        }
    }

    private void assertFails(ModelInferRequest.Builder message, ErrorCode code, String text) {
        assertThatThrownBy(() -> decode(message))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining(text)
                .extracting(thrown -> ((InferenceException) thrown).code())
                .isEqualTo(code);
    }

    private static Map<String, InferParameter> place(String region, long offset, long size) {
        return Map.of(
                "shared_memory_region",
                text(region),
                "shared_memory_offset",
                integer(offset),
                "shared_memory_byte_size",
                integer(size));
    }
}
