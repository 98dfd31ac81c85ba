package io.longshore.protocol.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.protocol.EdgeValues;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.grpc.proto.ModelStreamInferResponse;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProtoInferEncoderTest {
    private static final ModelId MODEL = new ModelId("m", 3);

    private final CountingAllocator allocator = new CountingAllocator();
    private final ProtoInferEncoder encoder = new ProtoInferEncoder();

    @AfterEach
    void allMemoryIsReleased() {
        assertThat(allocator.live()).isZero();
    }

    private static byte[] bytes(EncodedMessage message) {
        try (message) {
            byte[] bytes = WireBytes.of(message);
            assertThat(bytes).hasSize(message.byteSize());
            return bytes;
        }
    }

    private Tensor zeros(String name, int byteSize) {
        return new Tensor(name, DataType.INT8, Shape.of(byteSize), allocator.allocate(byteSize));
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void response_isWhatTheGoldenFileHolds(DataType type) throws IOException {
        InferenceResponse response =
                new InferenceResponse("42", MODEL, List.of(EdgeValues.tensor(type, allocator)), Parameters.NONE);
        assertThat(HexFormat.of().formatHex(bytes(encoder.encode(response))))
                .isEqualTo(ProtoInferDecoderTest.golden(type).get(0));
    }

    @Test
    void parameters_areWritten() throws InvalidProtocolBufferException {
        Parameters parameters = Parameters.of(Map.of("s", "ä", "i", -1L, "d", 0.5, "b", false, "", ""));
        InferenceResponse response = new InferenceResponse("", MODEL, List.of(), parameters);
        ModelInferResponse message = ModelInferResponse.parseFrom(bytes(encoder.encode(response)));
        assertThat(message.getParametersMap()).hasSize(5);
        assertThat(message.getParametersOrThrow("s").getStringParam()).isEqualTo("ä");
        assertThat(message.getParametersOrThrow("i").getInt64Param()).isEqualTo(-1);
        assertThat(message.getParametersOrThrow("d").getDoubleParam()).isEqualTo(0.5);
        assertThat(message.getParametersOrThrow("b").hasBoolParam()).isTrue();
        assertThat(message.getParametersOrThrow("").hasStringParam()).isTrue();
        assertThat(message.getId()).isEmpty();
    }

    @Test
    void streamedResponse_hasTheExtraParametersToo() throws InvalidProtocolBufferException {
        InferenceResponse response = new InferenceResponse(
                "7",
                MODEL,
                List.of(zeros("O", 40_000)),
                Parameters.of(Map.of("a", 1L, "triton_final_response", false)));
        Parameters extra = Parameters.of(Map.of("triton_final_response", true));
        ModelStreamInferResponse message =
                ModelStreamInferResponse.parseFrom(bytes(encoder.encodeStreamed(response, extra)));
        assertThat(message.getErrorMessage()).isEmpty();
        ModelInferResponse inner = message.getInferResponse();
        assertThat(inner.getId()).isEqualTo("7");
        assertThat(inner.getParametersOrThrow("a").getInt64Param()).isEqualTo(1);
        assertThat(inner.getParametersOrThrow("triton_final_response").getBoolParam())
                .isTrue();
        assertThat(inner.getRawOutputContents(0).size()).isEqualTo(40_000);
    }

    @Test
    void emptyFinalResponse_isWritten() throws InvalidProtocolBufferException {
        InferenceResponse response = new InferenceResponse("7", MODEL, List.of(), Parameters.NONE);
        Parameters extra = Parameters.of(Map.of("triton_final_response", true));
        ModelStreamInferResponse message =
                ModelStreamInferResponse.parseFrom(bytes(encoder.encodeStreamed(response, extra)));
        assertThat(message.getInferResponse().getModelName()).isEqualTo("m");
        assertThat(message.getInferResponse().getModelVersion()).isEqualTo("3");
        assertThat(message.getInferResponse().getOutputsCount()).isZero();
    }

    @Test
    void error_hasTheRequestsId() throws InvalidProtocolBufferException {
        ModelStreamInferResponse message = ModelStreamInferResponse.parseFrom(bytes(encoder.encodeError("why", "7")));
        assertThat(message.getErrorMessage()).isEqualTo("why");
        assertThat(message.getInferResponse().getId()).isEqualTo("7");
        ModelStreamInferResponse without = ModelStreamInferResponse.parseFrom(bytes(encoder.encodeError("why", "")));
        assertThat(without.hasInferResponse()).isTrue();
    }

    @Test
    void unpairedSurrogate_isWrittenAsAQuestionMark() throws InvalidProtocolBufferException {
        InferenceResponse response =
                new InferenceResponse("\ud83d!", MODEL, List.of(), Parameters.of(Map.of("\ud83d", "x")));
        ModelInferResponse message = ModelInferResponse.parseFrom(bytes(encoder.encode(response)));
        assertThat(message.getId()).isEqualTo("?!");
        assertThat(message.containsParameters("?")).isTrue();
    }

    @Test
    void smallResponse_isOneWrite() throws IOException {
        CountingStream out = new CountingStream();
        InferenceResponse response =
                new InferenceResponse("7", MODEL, List.of(zeros("A", 1000), zeros("B", 3)), Parameters.NONE);
        try (EncodedMessage message = encoder.encode(response)) {
            message.writeTo(out);
            assertThat(out.writes).isEqualTo(1);
            assertThat(out.bytes).isEqualTo(message.byteSize());
            message.writeTo(out);
            assertThat(out.bytes).isEqualTo(2L * message.byteSize());
        }
    }

    @Test
    void closingTwice_releasesOnce() {
        InferenceResponse response = new InferenceResponse("", MODEL, List.of(zeros("O", 1)), Parameters.NONE);
        EncodedMessage message = encoder.encode(response);
        message.close();
        message.close();
        assertThat(allocator.live()).isZero();
        assertThatThrownBy(() -> message.writeTo(OutputStream.nullOutputStream()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void failingStream_leavesTheReferences() {
        InferenceResponse response = new InferenceResponse("", MODEL, List.of(zeros("O", 1)), Parameters.NONE);
        OutputStream broken = OutputStream.nullOutputStream();
        try (EncodedMessage message = encoder.encode(response)) {
            broken.close();
            assertThatThrownBy(() -> message.writeTo(broken)).isInstanceOf(IOException.class);
            assertThat(allocator.live()).isEqualTo(1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void messageBeyondTwoGigabytes_isRefused(@TempDir Path folder) throws IOException {
        long half = 1L << 30;
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("sparse").toFile(), "rw")) {
            file.setLength(half);
            ByteBuffer mapped = file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, half);
            HostMemory memory = HostMemory.wrap(mapped);
            Shape shape = Shape.of(half);
            List<Tensor> outputs = List.of(
                    new Tensor("A", DataType.INT8, shape, memory), new Tensor("B", DataType.INT8, shape, memory));
            InferenceResponse response = new InferenceResponse("", MODEL, outputs, Parameters.NONE);
            assertThatThrownBy(() -> encoder.encode(response))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageMatching("the response has 21474837\\d\\d bytes, and a message may have 2147483647 at"
                            + " most; ask for fewer outputs at a time")
                    .extracting(e -> ((InferenceException) e).code())
                    .isEqualTo(ErrorCode.UNSUPPORTED);
            assertThatThrownBy(() -> encoder.encodeStreamed(response, Parameters.NONE))
                    .isInstanceOf(InferenceException.class);
        }
    }

    /** Counts. */
    private static final class CountingStream extends OutputStream {
        private int writes;
        private long bytes;

        @Override
        public void write(int value) {
            writes++;
            bytes++;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            writes++;
            bytes += length;
        }
    }
}
