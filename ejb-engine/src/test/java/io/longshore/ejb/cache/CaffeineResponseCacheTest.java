package io.longshore.ejb.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.FakeTicker;
import io.longshore.inference.ServerMetrics.CacheLoad;
import io.longshore.schedule.CachedResponse;
import io.longshore.schedule.CachedResponses;
import io.longshore.schedule.RequestDigest;
import io.longshore.schedule.ResponseCache;
import io.longshore.tensor.CountingAllocator;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class CaffeineResponseCacheTest {
    private static final int LIMIT = 100_000;

    private final CountingAllocator allocator = new CountingAllocator();
    private final CaffeineResponseCache cache = new CaffeineResponseCache(LIMIT, new FakeTicker());
    private final ResponseCache.Space space = cache.open();

    private static RequestDigest digest(long number) {
        return new RequestDigest(number * 0x9E3779B97F4A7C15L, number, 3, 4);
    }

    private CachedResponse response(int elements) {
        return CachedResponses.of(allocator, elements);
    }

    private static boolean has(ResponseCache.Space space, long number) {
        CachedResponse found = space.get(digest(number));
        if (found != null) {
            found.release();
        }
        return found != null;
    }

    @Test
    void storedResponse_isFoundInItsSpaceAlone() {
        ResponseCache.Space other = cache.open();
        space.put(digest(1), response(10));

        assertThat(has(space, 1)).isTrue();
        assertThat(has(space, 2)).isFalse();
        assertThat(has(other, 1)).isFalse();
        CacheLoad load = cache.load();
        assertThat(load.entries()).isEqualTo(1);
        assertThat(load.hits()).isEqualTo(1);
        assertThat(load.misses()).isEqualTo(2);
        assertThat(load.byteSize()).isBetween(40L, 2_000L);
    }

    @Test
    void closedSpace_leavesNothingOfItsOwn() {
        ResponseCache.Space other = cache.open();
        space.put(digest(1), response(10));
        other.put(digest(1), response(10));
        space.close();

        assertThat(allocator.live()).isEqualTo(1);
        assertThat(has(other, 1)).isTrue();
        other.close();
        assertThat(allocator.live()).isZero();
        assertThat(cache.load().byteSize()).isZero();
        assertThat(cache.load().evictions())
                .as("what was unloaded made room for nobody")
                .isZero();
    }

    @Test
    void replacedResponse_isReleased() {
        space.put(digest(1), response(10));
        space.put(digest(1), response(10));

        assertThat(allocator.live()).isEqualTo(1);
    }

    @Test
    void bound_holdsWithBookkeeping() {
        for (int i = 0; i < 1_000; i++) {
            space.put(digest(i), response(100));
            assertThat(cache.load().byteSize()).isLessThanOrEqualTo(LIMIT);
        }

        assertThat(allocator.liveBytes()).isLessThan(LIMIT);
        assertThat(cache.load().evictions()).isEqualTo(1_000 - cache.load().entries());
        assertThat(cache.load().entries()).isEqualTo(allocator.live());
        assertThat(space.takes(LIMIT)).isTrue();
        assertThat(space.takes(LIMIT + 1)).isFalse();
    }

    @RepeatedTest(10)
    void storingReadingAndClosingAtOnce_leaksNothing(RepetitionInfo repetition) {
        Race.of(course(repetition.getCurrentRepetition()), course(repetition.getCurrentRepetition() + 100), () -> {
            for (int i = 0; i < 50; i++) {
                ResponseCache.Space mine = cache.open();
                mine.put(digest(i), response(100));
                mine.close();
            }
        });
        space.close();

        assertThat(allocator.live()).isZero();
    }

    private Runnable course(long seed) {
        Random random = new Random(seed);
        return () -> {
            for (int i = 0; i < 2_000; i++) {
                CachedResponse found = space.get(digest(random.nextInt(300)));
                if (found == null) {
                    space.put(digest(random.nextInt(300)), response(1 + random.nextInt(200)));
                } else {
                    found.release();
                }
            }
        };
    }
}
