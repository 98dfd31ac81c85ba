package io.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarityTest {
    @ParameterizedTest
    @CsvSource({"kitten,sitting,3", "'',abc,3", "same,same,0", "ab,ba,2"})
    void distance_countsChangedLetters(String from, String to, int expected) {
        assertThat(Similarity.distance(from, to)).isEqualTo(expected);
        assertThat(Similarity.distance(to, from)).isEqualTo(expected);
    }

    @Test
    void farWord_hasNoNearest() {
        assertThat(Similarity.nearest("--zebra", List.of("--http-port", "--id")))
                .isEmpty();
    }
}
