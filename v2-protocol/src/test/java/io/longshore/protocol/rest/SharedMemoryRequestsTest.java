package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.SharedRegion;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedMemoryRequestsTest {
    private static final String HANDLE = Base64.getEncoder().encodeToString(new byte[64]);

    @Test
    void systemRegion_isRead() {
        assertThat(system("{\"key\":\"/k\",\"offset\":18446744073709551615,\"byte_size\":64,\"other\":[{}]}"))
                .isEqualTo(new SharedRegion.Posix("r", "/k", -1, 64));
        assertThat(system("{\"byte_size\":64,\"key\":\"k\"}")).isEqualTo(new SharedRegion.Posix("r", "k", 0, 64));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|Shared memory register request has no 'key' field",
                "{\"byte_size\":1}|Shared memory register request has no 'key' field",
                "{\"key\":\"/k\"}|Shared memory register request has no 'byte_size' field",
                "{\"key\":7}|Unable to parse 'key': attempt to access JSON non-string as string",
                "{\"key\":\"k\",\"byte_size\":-1}|Unable to parse 'byte_size': attempt to access JSON non-unsigned-integer"
                        + " as unsigned-integer",
                "{\"key\":\"k\",\"offset\":0.5}|Unable to parse 'offset': attempt to access JSON non-unsigned-integer as"
                        + " unsigned-integer",
                "{\"key\":\"k\",\"key\":\"l\"}|field 'key' is given twice in the same object; give it once",
                "[]|the body must be an object such as {\"key\":\"/name\",\"byte_size\":64}"
            })
    void systemRegionThatIsNone_isInvalid(String body, String text) {
        assertInvalid(() -> system(body), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"key\":", "{\"key\" 1}", "nonsense"})
    void bodyThatIsNoJson_isInvalid(String body) {
        assertThatThrownBy(() -> system(body))
                .hasMessageStartingWith("failed to parse the request JSON buffer: ")
                .isInstanceOf(InferenceException.class);
    }

    @Test
    void cudaRegion_isRead() {
        SharedMemoryRequests.CudaRegistration read =
                cuda("{\"raw_handle\":{\"x\":1,\"b64\":\"" + HANDLE + "\"},\"device_id\":3,\"byte_size\":64}");
        assertThat(read.region()).isEqualTo(new SharedRegion.Cuda("r", 3, 64));
        assertThat(read.handle().remaining()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "!", "not base64 at all"})
    void handleThatIsNone_isInvalid(String handle) {
        assertInvalid(
                () -> cuda("{\"raw_handle\":{\"b64\":\"" + handle + "\"},\"device_id\":0,\"byte_size\":1}"),
                "'raw_handle' must be a valid base64 encoded cudaIpcMemHandle_t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|Shared memory register request has no 'raw_handle' field",
                "{\"raw_handle\":{}}|Shared memory register request has no 'b64' field",
                "{\"raw_handle\":\"x\"}|Unable to parse 'raw_handle': attempt to access JSON non-object as object",
                "{\"raw_handle\":{\"b64\":\"\"}}|Shared memory register request has no 'device_id' field",
                "{\"raw_handle\":{\"b64\":\"\"},\"device_id\":0}|Shared memory register request has no 'byte_size' field"
            })
    void cudaRegionThatIsNone_isInvalid(String body, String text) {
        assertInvalid(() -> cuda(body), text);
    }

    @Test
    void regions_areListed() {
        assertThat(text(SharedMemoryEncoder.system(
                        List.of(new SharedRegion.Posix("a\"", "/k", 4, 8), new SharedRegion.Posix("b", "l", 0, 1)))))
                .isEqualTo("[{\"name\":\"a\\\"\",\"key\":\"/k\",\"offset\":4,\"byte_size\":8},"
                        + "{\"name\":\"b\",\"key\":\"l\",\"offset\":0,\"byte_size\":1}]");
        assertThat(text(SharedMemoryEncoder.cuda(List.of(new SharedRegion.Cuda("c", 1, 8)))))
                .isEqualTo("[{\"name\":\"c\",\"device_id\":1,\"byte_size\":8}]");
        assertThat(text(SharedMemoryEncoder.cuda(List.of()))).isEqualTo("[]");
    }

    private static SharedRegion.Posix system(String body) {
        return SharedMemoryRequests.system("r", body.getBytes(StandardCharsets.UTF_8));
    }

    private static SharedMemoryRequests.CudaRegistration cuda(String body) {
        return SharedMemoryRequests.cuda("r", body.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertInvalid(ThrowingCallable action, String message) {
        assertThatThrownBy(action)
                .isInstanceOf(InferenceException.class)
                .hasMessage(message)
                .extracting(thrown -> ((InferenceException) thrown).code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
