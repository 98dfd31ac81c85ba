package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.SharedRegion;
import io.longshore.model.ModelId;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.SameTensors;
import io.longshore.region.SharedFolder;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SharedTensorsTest {
    private static final ModelSelector MODEL = ModelSelector.latest("m");

    @TempDir
    private Path folder;

    private final CountingAllocator allocator = new CountingAllocator();
    private SharedFolder shared;
    private InferRequestDecoder decoder;

    @BeforeEach
    void open() {
        shared = new SharedFolder(folder);
        decoder = new InferRequestDecoder(CodecLimits.DEFAULT, allocator, () -> 1000, shared.registry);
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
    void anyTensor_isReadWhereItLiesAndWrittenWhereItIsWanted(DataType type) {
        for (long seed = 0; seed < 30; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Tensor tensor = new RandomTensors(seed, allocator).next("X", type);
            int size = (int) tensor.byteSize();
            int at = random.nextInt(20);
            ByteBuffer object = ByteBuffer.allocate(at + size + 1 + random.nextInt(20));
            shared.region("in", object.put(at, tensor.buffer(), 0, size).array());
            shared.region("out", new byte[size + 1]);

            DecodedRequest decoded =
                    decode("{\"inputs\":[" + input("X", type.wireName(), tensor.shape(), "in", at, size)
                            + "],\"outputs\":[" + output("X", "out", 0, size) + "]}");
            SameTensors.check(decoded.request().inputs(), List.of(tensor), seed);
            assertThat(decoded.request().inputs().get(0).host().isDirect()).isTrue();
            String answer = answer(decoded);

            assertThat(answer)
                    .as("seed %s", seed)
                    .isEqualTo(
                            "{\"model_name\":\"m\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"X\",\"datatype\":\""
                                    + type + "\",\"shape\":" + tensor.shape() + "}]}");
            assertThat(ByteBuffer.wrap(shared.bytes("out"), 0, size)).isEqualTo(tensor.buffer());
            tensor.release();
            shared.registry.unregister(SharedRegion.Posix.class, "");
        }
    }

    @Test
    void severalTensorsOfOneRegion_areApart() {
        shared.region("r", (byte) 1, (byte) 2, (byte) 3, (byte) 4);
        DecodedRequest decoded = decode("{\"inputs\":[" + input("A", "INT8", Shape.of(2), "r", 0, 2) + ","
                + input("B", "INT8", Shape.of(1), "r", 3, 1) + "]}");
        assertThat(decoded.request().inputs().get(0).buffer()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(decoded.request().inputs().get(1).buffer()).isEqualTo(ByteBuffer.wrap(new byte[] {4}));
        decoded.release();
    }

    @Test
    void offsetLeftOut_isZeroAndSizeLeftOutIsNone() {
        shared.region("r", (byte) 1);
        DecodedRequest decoded = decode("{\"inputs\":[{\"name\":\"A\",\"datatype\":\"INT8\",\"shape\":[0],"
                + "\"parameters\":{\"shared_memory_region\":\"r\"}}]}");
        assertThat(decoded.request().inputs().get(0).byteSize()).isZero();
        decoded.release();
    }

    @Test
    void inputThatChangesAfterwards_staysAsItWasRead() {
        shared.region("r", (byte) 1);
        DecodedRequest decoded = decode("{\"inputs\":[" + input("A", "INT8", Shape.of(1), "r", 0, 1) + "]}");
        shared.object("r", (byte) 9);
        assertThat(decoded.request().inputs().get(0).buffer().get(0)).isEqualTo((byte) 1);
        decoded.release();
    }

    @Test
    void regionOfARequest_staysUntilTheRequestIsOver() {
        shared.region("in", (byte) 1).region("out", (byte) 2);
        DecodedRequest decoded = decode("{\"inputs\":[" + input("A", "INT8", Shape.of(1), "in", 0, 1)
                + "],\"outputs\":[" + output("O", "out", 0, 1) + "]}");
        shared.registry.unregister(SharedRegion.Posix.class, "");
        assertThat(shared.names()).containsExactly("in", "out");
        decoded.release();
        assertThat(shared.names()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r|0|3|[request id: 7] input byte size mismatch for input 'A' for model 'm'. Expected 2, got 3",
                "r|0|0|[request id: 7] input byte size mismatch for input 'A' for model 'm'. Expected 2, got 0",
                "r|4|2|Invalid offset for shared memory region: 'r'",
                "r|3|2|Invalid offset + byte size for shared memory region: 'r'",
                "r|1|18446744073709551615|Integer overflow detected: byte_size (18446744073709551615) + offset (1) exceeds"
                        + " maximum value (18446744073709551615) for region 'r'",
                "r|-1|2|Unable to parse 'shared_memory_offset': attempt to access JSON non-unsigned-integer as"
                        + " unsigned-integer",
                "r|0|\"2\"|Unable to parse 'shared_memory_byte_size': attempt to access JSON non-unsigned-integer as"
                        + " unsigned-integer"
            })
    void inputThatDoesNotFit_isInvalid(String region, String offset, String size, String text) {
        shared.region("r", new byte[4]);
        assertFails(
                "{\"id\":\"7\",\"inputs\":[" + input("A", "INT8", Shape.of(2), region, offset, size) + "]}",
                ErrorCode.INVALID_ARGUMENT,
                text);
    }

    @Test
    void unknownRegion_isNotFound() {
        String text = "Unable to find shared memory region: 'x'";
        assertFails(
                "{\"inputs\":[" + input("A", "INT8", Shape.of(2), "x", 0, 2) + "]}", ErrorCode.REGION_NOT_FOUND, text);
        assertFails("{\"inputs\":[],\"outputs\":[" + output("O", "x", 0, 2) + "]}", ErrorCode.REGION_NOT_FOUND, text);
    }

    @Test
    void regionThatHasBecomeTooSmall_isInvalid() {
        shared.region("r", new byte[4]);
        shared.truncate("r", 3);
        assertFails(
                "{\"inputs\":[" + input("A", "INT8", Shape.of(4), "r", 0, 4) + "]}",
                ErrorCode.INVALID_ARGUMENT,
                "shared memory region 'r' is smaller than it was registered; make its object as large again, or register a"
                        + " smaller one");
    }

    @Test
    void faultBehindARegion_givesItBack() {
        shared.region("r", new byte[4]);
        assertFails(
                "{\"outputs\":[" + output("O", "r", 0, 4) + "," + output("O", "r", 0, 4) + "],\"inputs\":[]}",
                ErrorCode.INVALID_ARGUMENT,
                "output 'O' already exists in request");
        assertFails(
                "{\"outputs\":[" + output("O", "r", 0, 4) + "],\"inputs\":["
                        + input("A", "INT8", Shape.of(4), "r", 0, 4) + "," + input("A", "INT8", Shape.of(4), "r", 0, 4)
                        + "]}",
                ErrorCode.INVALID_ARGUMENT,
                "input 'A' already exists in request");
    }

    @Test
    void inputBeyondTheBudget_isRefusedAndGivesItsRegionBack() {
        shared.region("r", new byte[4]);
        InferRequestDecoder poor = new InferRequestDecoder(
                CodecLimits.DEFAULT, new BudgetedAllocator(allocator, 3), () -> 0, shared.registry);
        byte[] body =
                ("{\"inputs\":[" + input("A", "INT8", Shape.of(4), "r", 0, 4) + "]}").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> poor.decodeJson(MODEL, body, 0, body.length))
                .isInstanceOf(MemoryBudgetExceededException.class);
    }

    @Test
    void parametersOfARegion_areNoneOfTheModels() {
        shared.region("r", new byte[4]);
        DecodedRequest decoded = decode("{\"inputs\":[],\"parameters\":{\"binary_data_output\":true},\"outputs\":["
                + "{\"name\":\"O\",\"parameters\":{\"binary_data\":false,\"note\":1,\"shared_memory_byte_size\":1,"
                + "\"shared_memory_offset\":3,\"shared_memory_region\":\"r\"}}]}");
        assertThat(decoded.request().outputs().get(0).parameters().asMap()).containsOnlyKeys("note");
        decoded.release();
    }

    @Test
    void binaryByDefault_leavesOutputsOfRegionsOutOfTheTail() {
        shared.region("r", new byte[4]);
        DecodedRequest decoded =
                decode("{\"inputs\":[{\"name\":\"A\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[5]},"
                        + "{\"name\":\"B\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[6]}],"
                        + "\"parameters\":{\"binary_data_output\":true},\"outputs\":[" + output("A", "r", 0, 4)
                        + ",{\"name\":\"B\"}]}");
        assertThat(answer(decoded))
                .isEqualTo(
                        "{\"model_name\":\"m\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"A\",\"datatype\":\"INT8\","
                                + "\"shape\":[1]},{\"name\":\"B\",\"datatype\":\"INT8\",\"shape\":[1],"
                                + "\"parameters\":{\"binary_data_size\":1}}]}\u0006");
    }

    private DecodedRequest decode(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return decoder.decodeJson(MODEL, body, 0, body.length);
    }

    /** The body that answers a request whose outputs are its inputs. */
    private static String answer(DecodedRequest decoded) {
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
        StringBuilder text = new StringBuilder();
        try (EncodedResponse body =
                new InferResponseEncoder().encode(sink.responses().get(0), decoded.format())) {
            body.parts().forEach(part -> text.append(StandardCharsets.UTF_8.decode(part.duplicate())));
        }
        return text.toString();
    }

    private void assertFails(String json, ErrorCode code, String message) {
        assertThatThrownBy(() -> decode(json))
                .isInstanceOf(InferenceException.class)
                .hasMessage(message)
                .extracting(thrown -> ((InferenceException) thrown).code())
                .isEqualTo(code);
    }

    private static String input(String name, String type, Shape shape, String region, Object offset, Object size) {
        return "{\"name\":\"" + name + "\",\"datatype\":\"" + type + "\",\"shape\":" + shape + ",\"parameters\":"
                + place(region, offset, size) + "}";
    }

    private static String output(String name, String region, Object offset, Object size) {
        return "{\"name\":\"" + name + "\",\"parameters\":" + place(region, offset, size) + "}";
    }

    private static String place(String region, Object offset, Object size) {
        return "{\"shared_memory_region\":\"" + region + "\",\"shared_memory_offset\":" + offset
                + ",\"shared_memory_byte_size\":" + size + "}";
    }
}
