package io.longshore.system;

import static io.longshore.system.ConformanceModels.batchedIdentity;
import static io.longshore.system.ConformanceModels.identity;
import static io.longshore.system.TensorValues.tensor;
import static io.longshore.system.TensorValues.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.onnx.ElementType;
import io.longshore.system.WireRefusal.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The V2 protocol, the same over every wire. */
class ConformanceIT {
    private static final String UNKNOWN_ID = "[request id: <id_unknown>] ";

    @TempDir
    private static Path folder;

    private static ServedWires served;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")));
        ConformanceModels.write(repository);
        served = ServedWires.inAllForms(repository);
    }

    @AfterAll
    static void stop() {
        if (served != null) {
            served.close();
        }
    }

    static List<Wire> wires() {
        return served.all();
    }

    static Stream<Arguments> wiresAndEdgeValues() {
        List<WireTensor> tensors = EdgeTensors.all();
        return wires().stream().flatMap(wire -> tensors.stream().map(values -> Arguments.of(wire, values)));
    }

    @Test
    void allModels_areReady() {
        assertThat(served.server().logText()).doesNotContain("load failed");
        wires().forEach(wire -> assertThat(wire.isReady("simple")).isTrue());
    }

    @ParameterizedTest
    @MethodSource("wiresAndEdgeValues")
    void identity_everyDatatype_returnsTheSameBits(Wire wire, WireTensor values) {
        assumeThat(wire.carriesHalfFloats()
                        || !values.datatype().endsWith("16")
                        || values.datatype().contains("INT"))
                .isTrue();
        WireAnswer answer = wire.infer(WireCall.to(identity(values.datatype()), values));
        assertThat(answer.outputs()).containsExactly(values.named("OUTPUT0"));
    }

    @ParameterizedTest
    @MethodSource("wiresAndEdgeValues")
    void identity_everyDatatypeInABatchOfTwo_returnsTheSameBits(Wire wire, WireTensor values) {
        assumeThat(wire.carriesHalfFloats()
                        || !values.datatype().endsWith("16")
                        || values.datatype().contains("INT"))
                .isTrue();
        long half = values.shape().get(0) / 2;
        WireTensor batch = new WireTensor("INPUT0", values.datatype(), List.of(2L, half), values.data());
        WireAnswer answer = wire.infer(WireCall.to(batchedIdentity(values.datatype()), batch));
        assertThat(answer.outputs()).containsExactly(batch.named("OUTPUT0"));
    }

    static Stream<Arguments> wiresAndDatatypes() {
        return wires().stream()
                .flatMap(wire -> Stream.of(ElementType.values()).map(type -> Arguments.of(wire, type.v2Name())));
    }

    @ParameterizedTest
    @MethodSource("wiresAndDatatypes")
    void identity_noElements_returnsNone(Wire wire, String datatype) {
        assumeThat(wire.carriesHalfFloats() || !List.of("FP16", "BF16").contains(datatype))
                .isTrue();
        WireTensor none = new WireTensor("INPUT0", datatype, List.of(0L), new byte[0]);
        assertThat(wire.infer(WireCall.to(identity(datatype), none)).outputs()).containsExactly(none.named("OUTPUT0"));
        WireTensor rowsOfNone = new WireTensor("INPUT0", datatype, List.of(2L, 0L), new byte[0]);
        assertThat(wire.infer(WireCall.to(batchedIdentity(datatype), rowsOfNone))
                        .outputs())
                .containsExactly(rowsOfNone.named("OUTPUT0"));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void halfFloats_whereTheFormHasNone_areRefused(Wire wire) {
        assumeThat(wire.carriesHalfFloats()).isFalse();
        for (String datatype : List.of("FP16", "BF16")) {
            WireTensor half = new WireTensor("INPUT0", datatype, List.of(1L), new byte[] {0, 0x3C});
            refused(() -> wire.infer(WireCall.to(identity(datatype), half)), Kind.INVALID, "INPUT0");
        }
    }

    @ParameterizedTest
    @MethodSource("wires")
    void texts_throughAnOnnxModel_areKept(Wire wire) {
        WireTensor texts = texts("INPUT0", List.of(2L, 2L), "", "a", "ünïcödé 漢字 🚢", "x".repeat(10_000));
        assertThat(wire.infer(WireCall.to(batchedIdentity("BYTES"), texts)).outputs())
                .containsExactly(texts.named("OUTPUT0"));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void bytes_textsOfAllLengths_areKept(Wire wire) {
        WireTensor texts = texts("INPUT0", List.of(5L), "", "a", "nul\0inside", "ünïcödé 漢字 🚢", "x".repeat(100_000));
        assertThat(wire.infer(WireCall.to("bytes", texts)).outputs()).containsExactly(texts.named("OUTPUT0"));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void bytes_thatAreNoText_areKept(Wire wire) {
        assumeThat(wire.carriesAnyBytes()).isTrue();
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        WireTensor element = tensor("INPUT0", "BYTES", List.of(1L), (Object) all);
        assertThat(wire.infer(WireCall.to("bytes", element)).outputs()).containsExactly(element.named("OUTPUT0"));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void reshape_scalarSeenAsOneElement_isOneElement(Wire wire) {
        WireTensor one = tensor("INPUT0", "FP32", List.of(1L), 2.5f);
        assertThat(wire.infer(WireCall.to("scalar", one)).outputs()).containsExactly(one.named("OUTPUT0"));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void reshape_onBothSides_keepsTheOrderOfElements(Wire wire) {
        WireTensor in = new WireTensor("INPUT0", "INT32", List.of(2L, 2L, 8L), counted(32));
        WireTensor out = new WireTensor("OUTPUT0", "INT32", List.of(2L, 4L, 4L), in.data());
        assertThat(wire.infer(WireCall.to("reshaped", in)).outputs()).containsExactly(out);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void images_inBothLayouts_haveTheDimsThatAreDeclared(Wire wire) {
        assertThat(longs(wire.metadata("image_NCHW").at("/inputs/0/shape"))).containsExactly(-1L, 3L, 4L, 5L);
        assertThat(longs(wire.metadata("image_NHWC").at("/inputs/0/shape"))).containsExactly(-1L, 4L, 5L, 3L);
        assertThat(wire.config("image_NCHW").at("/input/0/format").asText()).isEqualTo("FORMAT_NCHW");
        assertThat(wire.config("image_NHWC").at("/input/0/format").asText()).isEqualTo("FORMAT_NHWC");
        WireTensor image = new WireTensor("IMAGE", "UINT8", List.of(1L, 4L, 5L, 3L), new byte[60]);
        assertThat(wire.infer(WireCall.to("image_NHWC", image)).outputs()).containsExactly(image.named("OUT"));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void optionalInput_maybeLeftOut(Wire wire) {
        WireTensor a = tensor("A", "INT64", List.of(1L), 40);
        WireTensor b = tensor("B", "INT64", List.of(1L), 2);
        assertThat(TensorValues.of(wire.infer(WireCall.to("optional", a)).output("SUM")))
                .containsExactly(BigInteger.valueOf(40));
        assertThat(TensorValues.of(wire.infer(WireCall.to("optional", a, b)).output("SUM")))
                .containsExactly(BigInteger.valueOf(42));
        refused(() -> wire.infer(WireCall.to("optional", b)), Kind.INVALID, "'A'");
    }

    @ParameterizedTest
    @MethodSource("wires")
    void answer_namesModelVersionAndId(Wire wire) {
        WireAnswer answer = wire.infer(simple().id("request-7"));
        assertThat(answer.model()).isEqualTo("simple");
        assertThat(answer.version()).isEqualTo("1");
        assertThat(answer.id()).isEqualTo("request-7");
        assertThat(answer.outputs()).extracting(WireTensor::name).containsExactly("OUTPUT0", "OUTPUT1");
    }

    @ParameterizedTest
    @MethodSource("wires")
    void outputs_asked_areGivenAlone(Wire wire) {
        WireAnswer answer = wire.infer(simple().output("OUTPUT1"));
        assertThat(answer.outputs()).extracting(WireTensor::name).containsExactly("OUTPUT1");
        assertThat(TensorValues.of(answer.output("OUTPUT1"))).allMatch(BigInteger.ZERO::equals);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void version_askedOrNot_isServed(Wire wire) {
        List<WireTensor> inputs = simple().inputs();
        WireCall latest = WireCall.to("versions", inputs.toArray(WireTensor[]::new));
        assertThat(wire.infer(latest).version()).isEqualTo("3");
        assertThat(wire.infer(latest.version("1")).version()).isEqualTo("1");
        refused(() -> wire.infer(latest.version("2")), Kind.NOT_FOUND, "versions");
        assertThat(strings(wire.metadata("versions").get("versions"))).containsExactly("1", "3");
    }

    @ParameterizedTest
    @MethodSource("wires")
    void request_thatDoesNotFitTheModel_isRefusedInTritonsWords(Wire wire) {
        WireTensor in = simple().inputs().get(0);
        WireTensor second = simple().inputs().get(1);
        refused(
                () -> wire.infer(WireCall.to("simple", in)),
                Kind.INVALID,
                UNKNOWN_ID
                        + "expected 2 inputs but got 1 inputs for model 'simple'. Got input(s) ['INPUT0'], but missing"
                        + " required input(s) ['INPUT1']. Please provide all required input(s).");
        refused(
                () -> wire.infer(WireCall.to("simple", in, second.named("INPUT2"))),
                Kind.INVALID,
                UNKNOWN_ID + "unexpected inference input 'INPUT2' for model 'simple'");
        refused(
                () -> wire.infer(simple().output("OUTPUT9")),
                Kind.INVALID,
                UNKNOWN_ID + "unexpected inference output 'OUTPUT9' for model 'simple'");
        refused(
                () -> wire.infer(WireCall.to("simple", in, floats("INPUT1"))),
                Kind.INVALID,
                UNKNOWN_ID + "inference input 'INPUT1' data-type is 'FP32', but model 'simple' expects 'INT32'");
        WireTensor nine = new WireTensor("INPUT0", "INT32", List.of(9L, 16L), counted(144));
        refused(
                () -> wire.infer(
                        WireCall.to("simple", nine, nine.named("INPUT1")).id("x")),
                Kind.INVALID,
                "[request id: x] inference request batch-size must be <= 8 for 'simple'");
        WireTensor wide = new WireTensor("INPUT0", "INT32", List.of(1L, 17L), counted(17));
        refused(
                () -> wire.infer(WireCall.to("simple", wide, second)),
                Kind.INVALID,
                UNKNOWN_ID + "unexpected shape for input 'INPUT0' for model 'simple'. Expected [-1,16], got [1,17].");
    }

    @ParameterizedTest
    @MethodSource("wires")
    void unknownModel_isRefusedAndNotReady(Wire wire) {
        assertThat(wire.isReady("nothing")).isFalse();
        refused(
                () -> wire.infer(WireCall.to("nothing", simple().inputs().get(0))),
                Kind.INVALID,
                "Request for unknown model: 'nothing' is not found");
        refused(() -> wire.metadata("nothing"), Kind.INVALID, "nothing");
        refused(() -> wire.config("nothing"), Kind.INVALID, "nothing");
        refused(() -> wire.statistics("nothing"), Kind.INVALID, "requested model 'nothing' is not available");
    }

    @ParameterizedTest
    @MethodSource("wires")
    void repositoryControl_inModeNone_isRefused(Wire wire) {
        String text = "explicit model load / unload is not allowed if polling is enabled";
        refused(() -> wire.load("simple"), Kind.UNAVAILABLE, text);
        refused(() -> wire.unload("simple"), Kind.UNAVAILABLE, text);
    }

    @Test
    void descriptions_areTheSameOverAllWires() {
        assertThat(wires()).allSatisfy(wire -> {
            assertThat(normalized(wire.serverMetadata()))
                    .isEqualTo(normalized(wires().get(0).serverMetadata()));
            assertThat(normalized(wire.metadata("reshaped")))
                    .isEqualTo(normalized(wires().get(0).metadata("reshaped")));
            assertThat(normalized(wire.config("reshaped")))
                    .isEqualTo(normalized(wires().get(0).config("reshaped")));
            assertThat(normalized(wire.statistics("versions")))
                    .isEqualTo(normalized(wires().get(0).statistics("versions")));
            assertThat(normalized(wire.index()))
                    .isEqualTo(normalized(wires().get(0).index()));
        });
    }

    private static WireCall simple() {
        return WireCall.to(
                "simple",
                new WireTensor("INPUT0", "INT32", List.of(1L, 16L), counted(16)),
                new WireTensor("INPUT1", "INT32", List.of(1L, 16L), counted(16)));
    }

    private static WireTensor floats(String name) {
        return new WireTensor(name, "FP32", List.of(1L, 16L), new byte[64]);
    }

    private static byte[] counted(int count) {
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(i);
        }
        return TensorValues.bytes("INT32", values);
    }

    /** Streams tell no code. */
    private static void refused(ThrowingCallable call, Kind kind, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WireRefusal.class, refusal -> assertThat(refusal.kind()).isIn(kind, null))
                .hasMessageContaining(text);
    }

    private static List<Long> longs(JsonNode array) {
        List<Long> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asLong()));
        return values;
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asText()));
        return values;
    }

    /** JSON in which integers are text, empty things are left out, and whose fields are in the order of their names. */
    private static String normalized(JsonNode json) {
        return NormalizedJson.of(json);
    }
}
