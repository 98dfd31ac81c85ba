package io.longshore.protocol.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.protocol.MemoryUpload;
import io.longshore.protocol.grpc.proto.ModelRepositoryParameter;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadRequest;
import io.longshore.protocol.rest.LoadParameters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LoadMessageTest {
    private final List<MemoryUpload> uploads = new ArrayList<>();

    private LoadMessage read(byte[] message) {
        return LoadMessage.read(new ByteArrayInputStream(message), () -> {
            MemoryUpload upload = new MemoryUpload();
            uploads.add(upload);
            return upload;
        });
    }

    private LoadMessage read(RepositoryModelLoadRequest.Builder message) {
        return read(message.build().toByteArray());
    }

    private static RepositoryModelLoadRequest.Builder message() {
        return RepositoryModelLoadRequest.newBuilder().setModelName("m");
    }

    private static ModelRepositoryParameter text(String value) {
        return ModelRepositoryParameter.newBuilder().setStringParam(value).build();
    }

    private static ModelRepositoryParameter bytes(byte[] value) {
        return ModelRepositoryParameter.newBuilder()
                .setBytesParam(ByteString.copyFrom(value))
                .build();
    }

    private void assertInvalid(byte[] message, String start) {
        assertThatThrownBy(() -> read(message))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageStartingWith(start);
        assertThat(uploads).allMatch(MemoryUpload::isClosed);
    }

    @Test
    void messageWithoutParameters_overridesNothing() {
        LoadMessage read = read(message().setRepositoryName("r"));

        assertThat(read).isEqualTo(new LoadMessage("r", "m", LoadOverride.NONE));
        assertThat(read(new byte[0])).isEqualTo(new LoadMessage("", "", LoadOverride.NONE));
    }

    @Test
    void configurationAndFiles_areTaken() {
        byte[] large = new byte[300_001];
        new Random(3).nextBytes(large);
        LoadMessage read = read(message()
                .putParameters("file:1/empty", bytes(new byte[0]))
                .putParameters("config", text("{\"backend\":\"é\"}"))
                .putParameters("file:1/large", bytes(large)));

        assertThat(read.override().config()).isEqualTo("{\"backend\":\"é\"}");
        assertThat(read.override().upload()).isSameAs(uploads.get(0));
        assertThat(uploads).hasSize(1);
        assertThat(uploads.get(0).content("1/large")).isEqualTo(large);
        assertThat(uploads.get(0).texts()).containsEntry("1/empty", "");
        assertThat(uploads.get(0).isClosed()).isFalse();
    }

    @Test
    void parameterOfTheWrongKind_isNamedAsTritonNamesIt() {
        ModelRepositoryParameter flag =
                ModelRepositoryParameter.newBuilder().setBoolParam(true).build();
        Map.of(
                        "config", "string_param.",
                        "file:1/a", "bytes_param.")
                .forEach((name, expected) -> {
                    String text = "invalid value type for load parameter '" + name + "', expected " + expected;
                    assertInvalid(message().putParameters(name, flag).build().toByteArray(), text);
                    assertInvalid(
                            message()
                                    .putParameters(name, ModelRepositoryParameter.getDefaultInstance())
                                    .build()
                                    .toByteArray(),
                            text);
                });
        assertInvalid(
                message().putParameters("file:1/a", text("x")).build().toByteArray(),
                "invalid value type for load parameter 'file:1/a', expected bytes_param.");
        assertInvalid(
                message().putParameters("config", bytes(new byte[1])).build().toByteArray(),
                "invalid value type for load parameter 'config', expected string_param.");
    }

    @Test
    void unknownParameter_isNamed() {
        assertInvalid(
                message().putParameters("confg", text("{}")).build().toByteArray(),
                "unrecognized load parameter 'confg'.");
    }

    @Test
    void hugeTexts_areRefusedByTheSizeThatTheyAnnounce() throws IOException {
        ByteArrayOutputStream announced = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(announced);
        out.writeTag(RepositoryModelLoadRequest.MODEL_NAME_FIELD_NUMBER, 2);
        out.writeUInt32NoTag(Integer.MAX_VALUE);
        out.flush();

        assertInvalid(announced.toByteArray(), "model_name has 2147483647 bytes");
        assertInvalid(
                message()
                        .putParameters("config", text("x".repeat(LoadParameters.MAX_CONFIG_BYTES + 1)))
                        .build()
                        .toByteArray(),
                "parameter 'config' has 1048577 bytes");
    }

    /** Every beginning of a message is a message of fewer parameters, or refused. */
    @Test
    void truncatedMessages_areReadOrRefused() {
        byte[] whole = message()
                .putParameters("config", text("{}"))
                .putParameters("file:1/a", bytes(new byte[200]))
                .build()
                .toByteArray();
        for (int length = 0; length < whole.length; length++) {
            uploads.clear();
            byte[] part = Arrays.copyOf(whole, length);
            try {
                read(part).override().close();
            } catch (InferenceException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            }
            assertThat(uploads).allMatch(MemoryUpload::isClosed);
        }
    }

    @Test
    void randomBytes_areReadOrRefused() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = message()
                    .putParameters("file:1/a", bytes(new byte[20]))
                    .build()
                    .toByteArray();
            for (int change = 0; change < 3; change++) {
                noise[random.nextInt(noise.length)] = (byte) random.nextInt();
            }
            try {
                read(noise).override().close();
            } catch (InferenceException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            }
        }
        assertThat(uploads).allMatch(MemoryUpload::isClosed);
    }

    @Test
    void valueBeforeItsName_isRefused() throws IOException {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        CodedOutputStream inner = CodedOutputStream.newInstance(entry);
        inner.writeMessage(2, text("{}"));
        inner.writeString(1, "config");
        inner.flush();
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(message);
        out.writeByteArray(RepositoryModelLoadRequest.PARAMETERS_FIELD_NUMBER, entry.toByteArray());
        out.flush();

        assertInvalid(message.toByteArray(), "unrecognized load parameter ''.");
    }
}
