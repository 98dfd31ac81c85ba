package io.longshore.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CorrelationIdTest {
    private static CorrelationId of(Object id) {
        return CorrelationId.of(Parameters.of(Map.of("sequence_id", id)));
    }

    @Test
    void zeroEmptyAndAbsent_areNoId() {
        assertThat(of(0L).isPresent()).isFalse();
        assertThat(of("").isPresent()).isFalse();
        assertThat(CorrelationId.of(Parameters.NONE).isPresent()).isFalse();
    }

    @Test
    void numberAndText_areDifferentIds() {
        assertThat(of(7L)).isEqualTo(of(7L)).isNotEqualTo(of("7"));
        assertThat(of("7").isText()).isTrue();
        assertThat(of(-1L)).hasToString("18446744073709551615");
        assertThat(of("seven")).hasToString("seven");
    }

    @Test
    void textOfMoreThan128Bytes_isRefused() {
        assertThat(of("x".repeat(128)).isPresent()).isTrue();
        assertThatThrownBy(() -> of("ü".repeat(65)))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessage("string correlation ID cannot be longer than 128 characters");
    }
}
