package io.longshore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextPairsTest {
    @Test
    void equalSides_arePairedOneByOne() {
        TextPairs pairs = new TextPairs(List.of("a", "b"), List.of("c", "a"));

        assertThat(pairs.size()).isEqualTo(2);
        assertThat(pairs.question(1) + pairs.candidate(1)).isEqualTo("ba");
        assertThat(pairs.distinctTexts()).containsExactly("a", "b", "c");
    }

    @Test
    void singleText_isPairedWithEach() {
        TextPairs oneQuestion = new TextPairs(List.of("q"), List.of("a", "b", "c"));
        TextPairs oneCandidate = new TextPairs(List.of("a", "b", "c"), List.of("q"));

        assertThat(oneQuestion.size()).isEqualTo(3);
        assertThat(oneQuestion.question(2) + oneQuestion.candidate(2)).isEqualTo("qc");
        assertThat(oneCandidate.question(2) + oneCandidate.candidate(2)).isEqualTo("cq");
    }

    @Test
    void emptySide_givesNoPairs() {
        assertThat(new TextPairs(List.of(), List.of()).size()).isZero();
        assertThat(new TextPairs(List.of("q"), List.of()).size()).isZero();
    }

    @Test
    void sidesThatDoNotFit_areTheCallersFault() {
        assertThatThrownBy(() -> new TextPairs(List.of("a", "b"), List.of("c", "d", "e")))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessage("QUESTION has 2 texts and CANDIDATE 3; expected as many of both, or one on one side");
    }
}
