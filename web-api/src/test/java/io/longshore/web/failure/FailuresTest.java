package io.longshore.web.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.MemoryBudgetExceededException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void codedException_staysItself() {
        InferenceException failure = new InferenceException(ErrorCode.MODEL_FAILED, "broke");
        assertThat(Failures.coded(failure)).isSameAs(failure);
    }

    @Test
    void codedExceptionWrappedByFuturesAndProxies_isFound() {
        InferenceException failure = new InferenceException(ErrorCode.MODEL_NOT_FOUND, "none");
        assertThat(Failures.coded(new CompletionException(new IllegalStateException("proxy", failure))))
                .isSameAs(failure);
    }

    @Test
    void exceededBudget_isUnavailableWithItsReason() {
        InferenceException failure = Failures.coded(new MemoryBudgetExceededException("full"));
        assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failure).hasMessage("full");
    }

    @Test
    void exhaustedMemory_isUnavailable() {
        assertThat(Failures.coded(new OutOfMemoryError("Java heap space")).code())
                .isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void anythingElse_isInternalAndTellsTheCallerNothing() {
        IllegalStateException bug = new IllegalStateException("secret detail");
        InferenceException failure = Failures.coded(bug);
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure.getMessage()).doesNotContain("secret");
        assertThat(failure).hasCause(bug);
    }

    @Test
    void causesInACircle_end() {
        IllegalStateException first = new IllegalStateException("first");
        IllegalStateException second = new IllegalStateException("second", first);
        first.initCause(second);
        assertThat(Failures.coded(first).code()).isEqualTo(ErrorCode.INTERNAL);
    }
}
