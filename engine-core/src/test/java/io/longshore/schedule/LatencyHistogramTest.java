package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.LatencyCounts;
import io.longshore.inference.ModelStatistics.Total;
import io.longshore.model.LatencyFamily;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyHistogramTest {
    @ParameterizedTest
    @CsvSource({"0,0", "1000000,0", "1000001,1", "2500000,1", "2500001,2", "9223372036854775807,2"})
    void latencyOnABound_isBelowIt(long nanos, int bucket) {
        LatencyHistogram histogram = new LatencyHistogram(LatencyFamily.REQUEST, List.of(0.001, 0.0025));
        histogram.add(nanos);

        assertThat(histogram.counts().counts().get(bucket)).isEqualTo(1);
        assertThat(histogram.counts().count()).isEqualTo(1);
        assertThat(histogram.counts().nanos()).isEqualTo(nanos);
    }

    @Test
    void milliseconds_areTheUnitOfTritonsHistogram() {
        LatencyHistogram histogram =
                new LatencyHistogram(LatencyFamily.FIRST_RESPONSE, LatencyFamily.FIRST_RESPONSE.defaultBounds());
        histogram.add(100_000_000);
        histogram.add(2_000_000_001);

        assertThat(histogram.counts())
                .isEqualTo(new LatencyCounts(
                        LatencyFamily.FIRST_RESPONSE,
                        List.of(100.0, 500.0, 2000.0, 5000.0),
                        List.of(1L, 0L, 0L, 1L, 0L),
                        2_100_000_001L));
    }

    @Test
    void boundBeyondALong_catchesEverything() {
        LatencyHistogram histogram = new LatencyHistogram(LatencyFamily.REQUEST, List.of(1e300));
        histogram.add(Long.MAX_VALUE);

        assertThat(histogram.counts().counts()).containsExactly(1L, 0L);
    }

    /** Race: many threads count while one reads. What it reads only grows, and in the end nothing is lost. */
    @Test
    void readingWhileOthersCount_neverGoesBack() {
        LatencyHistogram histogram = new LatencyHistogram(LatencyFamily.QUEUE, List.of(0.001));
        Runnable counter = () -> {
            for (int i = 0; i < 20_000; i++) {
                histogram.add(i % 2 * 2_000_000L);
            }
        };
        Race.of(counter, counter, counter, () -> {
            List<Long> before = List.of(0L, 0L);
            for (int i = 0; i < 2_000; i++) {
                List<Long> now = histogram.counts().counts();
                assertThat(now.get(0)).isGreaterThanOrEqualTo(before.get(0));
                assertThat(now.get(1)).isGreaterThanOrEqualTo(before.get(1));
                before = now;
            }
        });

        assertThat(histogram.counts().counts()).containsExactly(30_000L, 30_000L);
        assertThat(histogram.total()).isEqualTo(new Total(60_000, 30_000 * 2_000_000L));
    }
}
