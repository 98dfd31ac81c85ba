package io.longshore.protocol.grpc;

import static io.longshore.protocol.grpc.Requests.bool;
import static io.longshore.protocol.grpc.Requests.contents;
import static io.longshore.protocol.grpc.Requests.decimal;
import static io.longshore.protocol.grpc.Requests.input;
import static io.longshore.protocol.grpc.Requests.integer;
import static io.longshore.protocol.grpc.Requests.output;
import static io.longshore.protocol.grpc.Requests.raw;
import static io.longshore.protocol.grpc.Requests.request;
import static io.longshore.protocol.grpc.Requests.text;
import static io.longshore.protocol.grpc.Requests.unsigned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.longshore.inference.Deadline;
import io.longshore.inference.InferenceRequest;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.EdgeValues;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is read out of lawful messages. */
class ProtoInferDecoderTest {
    private final CountingAllocator allocator = new CountingAllocator();
    private final ProtoInferDecoder decoder = new ProtoInferDecoder(1 << 20, allocator, () -> 1000);

    @AfterEach
    void allMemoryIsReleased() {
        assertThat(allocator.live()).isZero();
    }

    private DecodedMessage decode(ModelInferRequest.Builder message) {
        return decoder.decode(WireSource.of(message.build().toByteArray()));
    }

    /** The request of a message without inputs, which has nothing to release. */
    private InferenceRequest parametersOnly(String name, InferParameter value) {
        return decode(request().putParameters(name, value)).request();
    }

    private Tensor onlyInput(ModelInferRequest.Builder message) {
        return decode(message).request().inputs().get(0);
    }

    @Test
    void plainRequest_isRead() {
        DecodedMessage decoded = decode(request()
                .setModelVersion("3")
                .setId("7")
                .addInputs(input("A", "INT32", 1, 2))
                .addInputs(input("E", "FP32", 0))
                .addInputs(input("B", "BYTES", 1))
                .addRawInputContents(raw(3, 0, 0, 0, 0xFC, 0xFF, 0xFF, 0xFF))
                .addRawInputContents(ByteString.EMPTY)
                .addRawInputContents(raw(1, 0, 0, 0, 'x')));
        InferenceRequest request = decoded.request();
        assertThat(request.id()).isEqualTo("7");
        assertThat(request.model()).isEqualTo(ModelSelector.exact("m", 3));
        assertThat(request.outputs()).isEmpty();
        assertThat(request.parameters().isEmpty()).isTrue();
        assertThat(request.options().deadline()).isSameAs(Deadline.NONE);
        assertThat(decoded.emptyFinalResponse()).isFalse();
        Tensor first = request.inputs().get(0);
        assertThat(first.name()).isEqualTo("A");
        assertThat(first.type()).isEqualTo(DataType.INT32);
        assertThat(first.shape()).isEqualTo(Shape.of(1, 2));
        assertThat(first.host().isDirect()).isTrue();
        assertThat(first.buffer().getInt(4)).isEqualTo(-4);
        assertThat(request.inputs().get(1).byteSize()).isZero();
        assertThat(BytesElements.decode(request.inputs().get(2).buffer())).containsExactly(new byte[] {'x'});
        request.release();
    }

    @Test
    void rawTensor_isAllocatedOnceAndNotAgain() {
        Tensor input = onlyInput(request()
                .addInputs(input("A", "UINT8", 100_000))
                .addRawInputContents(ByteString.copyFrom(new byte[100_000])));
        assertThat(allocator.total()).isEqualTo(1);
        assertThat(allocator.liveBytes()).isEqualTo(100_000);
        input.release();
    }

    @Test
    void surplusRawContents_areIgnored() {
        Tensor input = onlyInput(request()
                .addInputs(input("A", "INT8", 1))
                .addRawInputContents(raw(5))
                .addRawInputContents(raw(6, 7)));
        assertThat(input.buffer().get()).isEqualTo((byte) 5);
        assertThat(allocator.live()).isEqualTo(1);
        input.release();
    }

    @Test
    void scalar_hasNoDimensions() {
        Tensor input = onlyInput(request().addInputs(input("A", "INT8")).addRawInputContents(raw(5)));
        assertThat(input.shape()).isEqualTo(Shape.of());
        input.release();
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void goldenFile_isReadRawAndTyped(DataType type) throws IOException {
        List<String> lines = golden(type);
        Tensor expected = EdgeValues.tensor(type, allocator);
        for (String line : lines.subList(1, lines.size())) {
            InferenceRequest request =
                    decoder.decode(WireSource.of(HexFormat.of().parseHex(line))).request();
            assertThat(request.id()).isEqualTo("42");
            assertThat(request.model()).isEqualTo(ModelSelector.exact("m", 3));
            Tensor actual = request.inputs().get(0);
            assertThat(actual.name()).isEqualTo("OUT");
            assertThat(actual.type()).isEqualTo(type);
            assertThat(actual.shape()).isEqualTo(expected.shape());
            if (type == DataType.BOOL && line.equals(lines.get(2))) {
                // Contents know no other true than 1.
                expected.buffer().put(2, (byte) 1);
            }
            assertThat(actual.buffer()).isEqualTo(expected.buffer());
            request.release();
        }
        expected.release();
    }

    /** A response, a request with raw contents and, where there is one, a request with typed contents, in hexadecimal. */
    static List<String> golden(DataType type) throws IOException {
        String name = "/golden/" + type.wireName() + ".grpc";
        try (InputStream in = ProtoInferDecoderTest.class.getResourceAsStream(name)) {
            assertThat(in).as("golden file %s", name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
    }

    @Test
    void integers_areCutToTheirType() {
        Tensor small = onlyInput(request()
                .addInputs(input("A", "INT8", 2)
                        .setContents(contents().addIntContents(0x1FE).addIntContents(-129))));
        assertThat(small.buffer().get(0)).isEqualTo((byte) 0xFE);
        assertThat(small.buffer().get(1)).isEqualTo((byte) 127);
        small.release();
        Tensor wider = onlyInput(request()
                .addInputs(input("A", "UINT16", 1).setContents(contents().addUintContents(0x1FFFE))));
        assertThat(wider.buffer().getShort()).isEqualTo((short) 0xFFFE);
        wider.release();
    }

    @Test
    void emptyContents_areAnEmptyTensor() {
        Tensor input = onlyInput(request().addInputs(input("A", "FP16", 0, 3).setContents(contents())));
        assertThat(input.byteSize()).isZero();
        input.release();
        Tensor text = onlyInput(request().addInputs(input("A", "BYTES", 0).setContents(contents())));
        assertThat(text.byteSize()).isZero();
        text.release();
    }

    @Test
    void contentsInTwoParts_areJoined() {
        byte[] message = request().addInputs(input("A", "INT64", 2)).build().toByteArray();
        byte[] name = Requests.input("A", "INT64", 2).build().toByteArray();
        byte[] one = contents().addInt64Contents(1).build().toByteArray();
        byte[] two = contents().addInt64Contents(2).build().toByteArray();
        byte[] input = WireBytes.joined(name, WireBytes.field(5, one), WireBytes.field(5, two));
        assertThat(message).isNotEmpty();
        Tensor tensor = decoder.decode(
                        WireSource.of(WireBytes.joined(request().build().toByteArray(), WireBytes.field(5, input))))
                .request()
                .inputs()
                .get(0);
        assertThat(tensor.buffer().getLong(8)).isEqualTo(2);
        tensor.release();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "01, 1", "+7, 7", "9223372036854775807, 9223372036854775807"})
    void version_isAPositiveNumber(String version, long expected) {
        assertThat(decode(request().setModelVersion(version)).request().model())
                .isEqualTo(ModelSelector.exact("m", expected));
    }

    @Test
    void noVersion_isTheLatest() {
        assertThat(decode(request()).request().model()).isEqualTo(ModelSelector.latest("m"));
        // Not refused here: the engine knows no such model, whatever its version.
        assertThat(decode(ModelInferRequest.newBuilder().setModelVersion("1"))
                        .request()
                        .model())
                .isEqualTo(ModelSelector.latest(""));
    }

    @Test
    void repeatedField_countsTheLastTime() {
        byte[] twice = WireBytes.joined(
                request().setId("a").build().toByteArray(),
                ModelInferRequest.newBuilder()
                        .setModelName("n")
                        .setId("b")
                        .putParameters("x", integer(1))
                        .build()
                        .toByteArray(),
                request().putParameters("x", integer(2)).build().toByteArray());
        InferenceRequest request = decoder.decode(WireSource.of(twice)).request();
        assertThat(request.model().name()).isEqualTo("m");
        assertThat(request.id()).isEqualTo("b");
        assertThat(request.parameters().integer("x")).hasValue(2L);
    }

    @Test
    void requestParameters_goWhereTheyBelong() {
        InferenceRequest request = decode(request()
                        .putParameters("priority", unsigned(2))
                        .putParameters("timeout", integer(5))
                        .putParameters("sequence_id", integer(-1))
                        .putParameters("sequence_start", bool(true))
                        .putParameters("s", text("t"))
                        .putParameters("i", integer(-1))
                        .putParameters("d", decimal(0.5))
                        .putParameters("b", bool(false)))
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
        assertThat(parametersOnly("sequence_id", text("a")).parameters().string("sequence_id"))
                .hasValue("a");
    }

    @Test
    void extremeParameters_areBounded() {
        assertThat(parametersOnly("priority", unsigned(-1)).options().priority())
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(parametersOnly("priority", integer(Long.MAX_VALUE)).options().priority())
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(parametersOnly("priority", integer(0)).options().priority()).isZero();
        assertThat(parametersOnly("timeout", integer(0)).options().deadline()).isSameAs(Deadline.NONE);
        assertThat(parametersOnly("timeout", integer(-1)).options().deadline().isExpired(Long.MAX_VALUE / 4))
                .isFalse();
    }

    @Test
    void emptyFinalResponse_isNoParameterOfTheModel() {
        DecodedMessage decoded = decode(request().putParameters("triton_enable_empty_final_response", bool(true)));
        assertThat(decoded.emptyFinalResponse()).isTrue();
        assertThat(decoded.request().parameters().isEmpty()).isTrue();
    }

    @Test
    void outputs_keepTheirOrderAndParameters() {
        InferenceRequest request = decode(request()
                        .addOutputs(output("B")
                                .putParameters("classification", integer(3))
                                .putParameters("other", unsigned(1))
                                .putParameters("empty", InferParameter.getDefaultInstance())
                                .putParameters("s", text("t")))
                        .addOutputs(output("A")))
                .request();
        assertThat(request.outputs()).extracting("name").containsExactly("B", "A");
        assertThat(request.outputs().get(0).parameters().asMap())
                .containsEntry("classification", 3L)
                .containsEntry("s", "t")
                .hasSize(2);
        assertThat(request.outputs().get(1).parameters().isEmpty()).isTrue();
    }

    @Test
    void manyFields_growTheGatheredBytes() {
        ModelInferRequest.Builder message =
                request().addInputs(input("A", "INT8", 1)).addRawInputContents(raw(9));
        for (int i = 0; i < 5000; i++) {
            message.putParameters("parameter " + i, text("value " + i));
        }
        InferenceRequest request = decode(message).request();
        assertThat(request.parameters().names()).hasSize(5000);
        assertThat(request.parameters().string("parameter 4999")).hasValue("value 4999");
        request.release();
    }

    @Test
    void budgetExceeded_passesThrough() {
        BudgetedAllocator budget = new BudgetedAllocator(allocator, 5);
        ProtoInferDecoder poor = new ProtoInferDecoder(1 << 20, budget, () -> 0);
        byte[] raw = request()
                .addInputs(input("A", "INT8", 4))
                .addInputs(input("B", "INT8", 4))
                .addRawInputContents(raw(1, 2, 3, 4))
                .addRawInputContents(raw(1, 2, 3, 4))
                .build()
                .toByteArray();
        assertThatThrownBy(() -> poor.decode(WireSource.of(raw))).isInstanceOf(MemoryBudgetExceededException.class);
        byte[] typed = request()
                .addInputs(input("A", "INT32", 1).setContents(contents().addIntContents(1)))
                .addInputs(input("B", "INT32", 1).setContents(contents().addIntContents(1)))
                .build()
                .toByteArray();
        assertThatThrownBy(() -> poor.decode(WireSource.of(typed))).isInstanceOf(MemoryBudgetExceededException.class);
        assertThat(budget.inUse()).isZero();
    }
}
