package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryRequestsTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{}", "{\"ready\":false}", "{\"other\":[1,{\"ready\":true}]}"})
    void readyOnly_isNotAskedFor(String body) {
        assertThat(readyOnly(body)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ready\":true}", "{\"other\":null,\"ready\":true}"})
    void readyOnly_isAskedFor(String body) {
        assertThat(readyOnly(body)).isTrue();
    }

    @Test
    void readyOfAnotherKind_isInvalid() {
        assertThatThrownBy(() -> readyOnly("{\"ready\":\"yes\"}"))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessage("Invalid value for 'ready': expected a boolean");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "{\"ready\"", "{\"ready\":tru}", "{"})
    void bodyThatIsNoObject_isInvalid(String body) {
        assertThatThrownBy(() -> readyOnly(body))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void index_tellsWhatIsKnown() {
        byte[] json = MetadataEncoder.index(List.of(
                new ModelStatus("a", 1, ModelStatus.State.READY, ""),
                new ModelStatus("b", 2, ModelStatus.State.UNAVAILABLE, "no \"weights\""),
                new ModelStatus("c", 0, ModelStatus.State.UNKNOWN, "")));

        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo("[{\"name\":\"a\",\"version\":\"1\",\"state\":\"READY\"},"
                        + "{\"name\":\"b\",\"version\":\"2\",\"state\":\"UNAVAILABLE\",\"reason\":\"no \\\"weights\\\"\"},"
                        + "{\"name\":\"c\"}]");
    }

    private static boolean readyOnly(String body) {
        return RepositoryRequests.readyOnly(body.getBytes(StandardCharsets.UTF_8));
    }
}
