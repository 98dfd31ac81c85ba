package io.longshore.web.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusMapperTest {
    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, 400",
        "MODEL_NOT_FOUND, 400",
        "ALREADY_EXISTS, 400",
        "CANCELLED, 400",
        "VERSION_NOT_FOUND, 404",
        "REGION_NOT_FOUND, 404",
        "REGION_UNUSABLE, 500",
        "MODEL_FAILED, 500",
        "INTERNAL, 500",
        "UNSUPPORTED, 501",
        "MODEL_NOT_READY, 503",
        "UNAVAILABLE, 503",
        "DEADLINE_EXCEEDED, 503"
    })
    void code_hasTritonsStatus(ErrorCode code, int status) {
        assertThat(StatusMapper.status(code)).isEqualTo(status);
    }

    @ParameterizedTest
    @EnumSource(value = ErrorCode.class, mode = EnumSource.Mode.EXCLUDE, names = "REGION_UNUSABLE")
    void status_isTheCallersOrTheServersFaultAsTheBlameSays(ErrorCode code) {
        int status = StatusMapper.status(code);
        switch (code.blame()) {
            case CLIENT -> assertThat(status).isIn(400, 404, 501);
            case SERVER -> assertThat(status).isEqualTo(500);
            case CAPACITY -> assertThat(status).isEqualTo(503);
        }
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void retryAfter_isAdvisedOnlyWithServiceUnavailable(ErrorCode code) {
        if (StatusMapper.retryAfterSeconds(code) > 0) {
            assertThat(StatusMapper.status(code)).isEqualTo(503);
        }
    }
}
