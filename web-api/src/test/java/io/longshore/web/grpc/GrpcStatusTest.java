package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcStatusTest {
    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, INVALID_ARGUMENT",
        "MODEL_NOT_FOUND, INVALID_ARGUMENT",
        "VERSION_NOT_FOUND, NOT_FOUND",
        "REGION_NOT_FOUND, NOT_FOUND",
        "REGION_UNUSABLE, INTERNAL",
        "ALREADY_EXISTS, ALREADY_EXISTS",
        "UNSUPPORTED, UNIMPLEMENTED",
        "CANCELLED, CANCELLED",
        "MODEL_NOT_READY, UNAVAILABLE",
        "UNAVAILABLE, UNAVAILABLE",
        "DEADLINE_EXCEEDED, DEADLINE_EXCEEDED",
        "MODEL_FAILED, INTERNAL",
        "INTERNAL, INTERNAL"
    })
    void code_hasItsStatus(ErrorCode code, Status.Code expected) {
        assertThat(GrpcStatus.of(code).getCode()).isEqualTo(expected);
    }

    @Test
    void longMessage_isCutSoThatClientsAcceptIt() {
        Status status = GrpcStatus.of(new InferenceException(ErrorCode.INTERNAL, "x".repeat(100_000)));

        assertThat(String.valueOf(status.getDescription()).length()).isLessThan(1000);
    }
}
