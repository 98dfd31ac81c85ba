package io.longshore.protocol.grpc;

import static io.longshore.protocol.grpc.Requests.bool;
import static io.longshore.protocol.grpc.Requests.contents;
import static io.longshore.protocol.grpc.Requests.input;
import static io.longshore.protocol.grpc.Requests.integer;
import static io.longshore.protocol.grpc.Requests.output;
import static io.longshore.protocol.grpc.Requests.raw;
import static io.longshore.protocol.grpc.Requests.request;
import static io.longshore.protocol.grpc.Requests.text;
import static io.longshore.protocol.grpc.Requests.unsigned;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.grpc.proto.InferTensorContents;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferInputTensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a whole message is refused, in which words, and that nothing stays behind. */
class RefusedMessagesTest {
    private final Refusals refusals = new Refusals();

    @AfterEach
    void allMemoryIsReleased() {
        refusals.assertAllMemoryIsReleased();
    }

    @ParameterizedTest
    @MethodSource({"faultyParameters", "faultyInputs", "faultySharedMemory", "faultyOutputs"})
    void faultyRequest_isRefusedWithTritonsText(ModelInferRequest.Builder message, String text) {
        refusals.assertFault(message.build().toByteArray(), text);
    }

    private static Arguments parameter(String name, InferParameter value, String text) {
        return arguments(
                request()
                        .putParameters(name, value)
                        .addInputs(input("X", "INT8", 1))
                        .addRawInputContents(raw(1)),
                text);
    }

    static Stream<Arguments> faultyParameters() {
        InferParameter none = InferParameter.getDefaultInstance();
        return Stream.of(
                parameter(
                        "sequence_id",
                        bool(true),
                        "invalid value type for 'sequence_id' parameter, expected int64_param or string_param."),
                parameter(
                        "sequence_start",
                        integer(1),
                        "invalid value type for 'sequence_start' parameter, expected bool_param."),
                parameter(
                        "sequence_end",
                        text("x"),
                        "invalid value type for 'sequence_end' parameter, expected bool_param."),
                parameter("priority", integer(-1), "invalid value for 'priority', expected value >= 0."),
                parameter(
                        "priority",
                        text("1"),
                        "invalid value type for 'priority' parameter, expected int64_param or uint64_param."),
                parameter("timeout", unsigned(1), "invalid value type for 'timeout' parameter, expected int64_param."),
                parameter(
                        "triton_x",
                        integer(1),
                        "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified."),
                parameter(
                        "triton_enable_empty_final_response",
                        integer(1),
                        "invalid value type for 'triton_enable_empty_final_response' parameter, expected bool_param."),
                parameter(
                        "x",
                        unsigned(1),
                        "invalid value type for 'x' parameter, expected int64_param, bool_param, or string_param."),
                parameter(
                        "x",
                        none,
                        "invalid value type for 'x' parameter, expected int64_param, bool_param, or string_param."));
    }

    private static Arguments typed(String datatype, InferTensorContents.Builder contents, String text) {
        return arguments(request().addInputs(input("X", datatype, 1).setContents(contents)), text);
    }

    private static Arguments mistyped(String datatype, InferTensorContents.Builder contents, String given) {
        return typed(
                datatype,
                contents,
                "unexpected explicit tensor data for input tensor 'X' for model 'm' of type '" + given
                        + "', expected datatype '" + datatype + "'");
    }

    static Stream<Arguments> faultyInputs() {
        InferInputTensor.Builder x = input("X", "INT8", 1);
        InferTensorContents.Builder one = contents().addIntContents(1);
        return Stream.of(
                arguments(
                        request().addInputs(x.clone().setContents(one)).addRawInputContents(raw(1)),
                        "contents field must not be specified when using raw_input_contents for 'X' for model 'm'"),
                arguments(
                        request()
                                .addInputs(x)
                                .addInputs(input("Y", "INT8", 1).setContents(one))
                                .addRawInputContents(raw(1)),
                        "contents field must not be specified when using raw_input_contents for 'Y' for model 'm'"),
                arguments(request().addInputs(x), "unable to find data for input tensor 'X' for model 'm' in request."),
                arguments(
                        request().addInputs(x).addInputs(input("Y", "INT8", 1)).addRawInputContents(raw(1)),
                        "unable to find data for input tensor 'Y' for model 'm' in request."),
                arguments(
                        request()
                                .addInputs(input("Y", "INT8", 1).setContents(one))
                                .addInputs(x),
                        "unable to find data for input tensor 'X' for model 'm' in request."),
                arguments(
                        request()
                                .addInputs(x)
                                .addInputs(x)
                                .addRawInputContents(raw(1))
                                .addRawInputContents(raw(1)),
                        "input 'X' already exists in request"),
                mistyped("FP32", contents().addIntContents(1), "INT32"),
                mistyped("UINT8", contents().addIntContents(1), "INT32"),
                mistyped("INT8", contents().addUintContents(1), "UINT32"),
                mistyped("INT32", contents().addInt64Contents(1), "INT64"),
                mistyped("INT8", contents().addBoolContents(true), "BOOL"),
                mistyped("INT64", contents().addUint64Contents(1), "UINT64"),
                mistyped("FP16", contents().addFp32Contents(1), "FP32"),
                mistyped("BF16", contents().addFp32Contents(1), "FP32"),
                mistyped("FP32", contents().addFp64Contents(1), "FP64"),
                mistyped("INT8", contents().addBytesContents(ByteString.EMPTY), "BYTES"),
                typed(
                        "INT32",
                        contents().addIntContents(1).addUintContents(1),
                        "unexpected explicit tensor data for input tensor 'X' for model 'm', binary data was already"
                                + " supplied."),
                typed(
                        "INT32",
                        contents().addIntContents(1).addIntContents(2),
                        "[request id: <id_unknown>] input byte size mismatch for input 'X' for model 'm'. Expected 4,"
                                + " got 8"),
                typed(
                        "FP64",
                        contents(),
                        "[request id: <id_unknown>] input byte size mismatch for input 'X' for model 'm'. Expected 8,"
                                + " got 0"),
                arguments(
                        request().setId("i").addInputs(input("X", "INT8", 2, 2)).addRawInputContents(raw(1, 2, 3)),
                        "[request id: i] input byte size mismatch for input 'X' for model 'm'. Expected 4, got 3"),
                arguments(
                        request().addInputs(input("X", "INT8", -1)).addRawInputContents(raw(1)),
                        "invalid shape for input 'X': shape [-1] contains one or more invalid dimensions"),
                arguments(
                        request()
                                .addInputs(input("X", "INT8", Long.MAX_VALUE, 2))
                                .addRawInputContents(raw(1)),
                        "invalid shape for input 'X': shape [9223372036854775807,2] causes total element count to"
                                + " exceed maximum size of 9223372036854775807"),
                arguments(
                        request().addInputs(input("X", "INT64", 1L << 62)).addRawInputContents(raw(1)),
                        "byte size overflow for input 'X': element count (4611686018427387904) * data type size (8)"
                                + " exceeds maximum allowed size (9223372036854775807)"),
                arguments(
                        request().addInputs(input("X", "INT8", new long[257])).addRawInputContents(raw()),
                        "invalid shape for input 'X': more than 256 dimensions"),
                arguments(
                        request().addInputs(input("X", "FLOAT", 1)).addRawInputContents(raw(1)),
                        "invalid datatype for input X: 'FLOAT' is none of BOOL, UINT8, UINT16, UINT32, UINT64, INT8,"
                                + " INT16, INT32, INT64, FP16, FP32, FP64, BF16, BYTES"));
    }

    private static Arguments region(String text, Object... parameters) {
        InferInputTensor.Builder input = input("X", "INT8", 1);
        for (int i = 0; i < parameters.length; i += 2) {
            input.putParameters((String) parameters[i], (InferParameter) parameters[i + 1]);
        }
        return arguments(request().addInputs(input).addRawInputContents(raw(1)), text);
    }

    static Stream<Arguments> faultySharedMemory() {
        InferInputTensor.Builder both = input("X", "INT8", 1)
                .putParameters("shared_memory_region", text("r"))
                .putParameters("shared_memory_byte_size", integer(1))
                .setContents(contents().addIntContents(1));
        return Stream.of(
                region(
                        "invalid value type for 'shared_memory_region' parameter for tensor 'X', expected string_param.",
                        "shared_memory_region",
                        integer(1)),
                region(
                        "'shared_memory_byte_size' can not be specified without 'shared_memory_region' parameter for"
                                + " tensor 'X'",
                        "shared_memory_byte_size",
                        integer(1)),
                region(
                        "'shared_memory_offset' can not be specified without 'shared_memory_region' parameter for"
                                + " tensor 'X'",
                        "shared_memory_offset",
                        integer(1)),
                region(
                        "'shared_memory_byte_size' must be specified along with 'shared_memory_region' parameter for"
                                + " tensor 'X'",
                        "shared_memory_region",
                        text("r")),
                region(
                        "invalid value type for 'shared_memory_byte_size' parameter for tensor 'X', expected"
                                + " int64_param.",
                        "shared_memory_region",
                        text("r"),
                        "shared_memory_byte_size",
                        text("1")),
                region(
                        "invalid value type for 'shared_memory_offset' parameter for tensor 'X', expected int64_param.",
                        "shared_memory_region",
                        text("r"),
                        "shared_memory_byte_size",
                        integer(1),
                        "shared_memory_offset",
                        text("0")),
                arguments(
                        request().addInputs(both),
                        "unexpected 'content' provided when using shared memory for input tensor 'X' for model 'm'"));
    }

    static Stream<Arguments> faultyOutputs() {
        ModelInferRequest.InferRequestedOutputTensor.Builder shared = output("O")
                .putParameters("shared_memory_region", text("r"))
                .putParameters("shared_memory_byte_size", integer(1));
        return Stream.of(
                arguments(
                        request().addOutputs(output("O")).addOutputs(output("O")),
                        "output 'O' already exists in request"),
                arguments(
                        request().addOutputs(output("O").putParameters("classification", text("1"))),
                        "invalid value type for 'classification' parameter, expected int64_param"),
                arguments(
                        request().addOutputs(output("O").putParameters("classification", integer(0))),
                        "invalid value for 'classification' parameter, expected >= 0"),
                arguments(
                        request().addOutputs(shared.clone().putParameters("classification", integer(1))),
                        "output can't set both 'shared_memory_region' and 'classification'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "x", "1.0", " 1", "9223372036854775808"})
    void versionThatIsNoPositiveNumber_isRefused(String version) {
        refusals.assertFault(
                request().setModelVersion(version).build().toByteArray(),
                "failed to get model version from specified version string '" + version
                        + "', version should be an integral value > 0");
    }
}
