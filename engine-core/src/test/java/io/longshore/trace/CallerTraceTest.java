package io.longshore.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallerTraceTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @Test
    void validParent_isRead() {
        assertThat(CallerTrace.of("00-" + TRACE + "-" + SPAN + "-01", "vendor=x"))
                .isEqualTo(new CallerTrace(TRACE, SPAN, true, "vendor=x"));
        assertThat(CallerTrace.of(" 00-" + TRACE + "-" + SPAN + "-02 ", null))
                .isEqualTo(new CallerTrace(TRACE, SPAN, false, ""));
    }

    @Test
    void laterVersion_mayHaveMore() {
        CallerTrace expected = new CallerTrace(TRACE, SPAN, true, "");

        assertThat(CallerTrace.of("cc-" + TRACE + "-" + SPAN + "-01-what-the-future-holds", null))
                .isEqualTo(expected);
        assertThat(expected.parent()).isEqualTo("00-" + TRACE + "-" + SPAN + "-01");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + TRACE + "-" + SPAN,
                "00-" + TRACE + "-" + SPAN + "-1",
                "00-" + TRACE + "-" + SPAN + "-0g",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-" + TRACE + "0-" + SPAN + "-01"
            })
    void anythingElse_isNone(@Nullable String parent) {
        assertThat(CallerTrace.of(parent, "vendor=x")).isNull();
    }
}
