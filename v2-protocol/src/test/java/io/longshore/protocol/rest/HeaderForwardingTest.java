package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelSelector;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderForwardingTest {
    @Test
    void noPattern_forwardsNothing() {
        assertThat(HeaderForwarding.of("")).isSameAs(HeaderForwarding.NONE);
        assertThat(HeaderForwarding.NONE.isActive()).isFalse();
        assertThat(HeaderForwarding.NONE.forwards("priority")).isFalse();
    }

    @Test
    void pattern_matchesAnywhereInAnyCase() {
        HeaderForwarding forwarding = HeaderForwarding.of("my_header.*");

        assertThat(forwarding.forwards("MY_HEADER_1")).isTrue();
        assertThat(forwarding.forwards("x-my_header")).isTrue();
        assertThat(forwarding.forwards("my-header")).isFalse();
    }

    @Test
    void patternCanAskForTheCase() {
        HeaderForwarding forwarding = HeaderForwarding.of("(?-i)MY_HEADER.*");

        assertThat(forwarding.forwards("MY_HEADER_1")).isTrue();
        assertThat(forwarding.forwards("my_header_1")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sequence_id",
                "sequence_start",
                "sequence_end",
                "priority",
                "timeout",
                "headers",
                "binary_data_output",
                "triton_enable_empty_final_response"
            })
    void reservedNames_areRefusedWhereTheyMatch(String header) {
        assertThatThrownBy(() -> HeaderForwarding.of(".*").forwards(header))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessage("Header '" + header + "' is reserved for Triton usage and cannot be forwarded.");
        assertThat(HeaderForwarding.of("^x-").forwards(header)).isFalse();
    }

    @Test
    void patternThatIsNone_saysWhy() {
        assertThatThrownBy(() -> HeaderForwarding.of("x-("))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing closing )");
    }

    /** Which takes java.util.regex longer than the universe has left. */
    @Test
    void patternThatBacktracks_isMatchedAllTheSame() {
        assertThat(HeaderForwarding.of("^(a+)+$").forwards("a".repeat(4000) + "b"))
                .isFalse();
    }

    @Test
    void headers_winOverParametersOfTheSameName() {
        InferenceRequest request = InferenceRequest.of(ModelSelector.latest("m"), List.of())
                .withParameters(Parameters.of(Map.of("tenant", "spoofed", "n", 3L)));

        assertThat(HeaderForwarding.add(Map.of("tenant", "acme"), request)
                        .parameters()
                        .asMap())
                .isEqualTo(Map.of("tenant", "acme", "n", 3L));
        assertThat(HeaderForwarding.add(Map.of(), request)).isSameAs(request);
    }
}
