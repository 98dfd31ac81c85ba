package io.longshore.ejb.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.longshore.inference.ServerMetrics.CacheLoad;
import io.longshore.inference.Ticker;
import io.longshore.schedule.CachedResponse;
import io.longshore.schedule.RequestDigest;
import io.longshore.schedule.ResponseCache;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps responses in the Java heap, up to a number of bytes for all models together, and forgets first those that are asked for
 * least often and least recently (Caffeine's Window TinyLFU). The bound counts what is needed to keep a response, too.
 * While responses are stored at the same time, each may be over the bound for the moment until room is made for it.
 * Thread-safe.
 */
public final class CaffeineResponseCache implements ResponseCache {
    private final long limit;
    private final Ticker ticker;
    private final Cache<Key, CachedResponse> responses;
    private final AtomicLong spaces = new AtomicLong();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder lookupNanos = new LongAdder();
    private final LongAdder insertionNanos = new LongAdder();

    /**
     * @param limit bytes of all responses together; at least 1
     * @param ticker tells how long looking up and storing take
     */
    public CaffeineResponseCache(long limit, Ticker ticker) {
        this.limit = limit;
        this.ticker = ticker;
        this.responses = Caffeine.newBuilder()
                .maximumWeight(limit)
                .weigher((Key key, CachedResponse response) -> Math.toIntExact(response.byteSize()))
                // On the thread that stores or forgets: memory is given back at once, and no thread is needed.
                .executor(Runnable::run)
                .removalListener(this::removed)
                .build();
    }

    /** A request to one load of one version. */
    private record Key(long space, RequestDigest request) {}

    @Override
    public Space open() {
        return new Part(spaces.incrementAndGet());
    }

    /** What the cache holds and has done so far. */
    public CacheLoad load() {
        responses.cleanUp();
        long byteSize =
                responses.policy().eviction().orElseThrow().weightedSize().orElseThrow();
        return new CacheLoad(
                byteSize,
                limit,
                responses.estimatedSize(),
                hits.sum(),
                misses.sum(),
                evictions.sum(),
                lookupNanos.sum(),
                insertionNanos.sum());
    }

    private void removed(@Nullable Key key, @Nullable CachedResponse response, RemovalCause cause) {
        if (cause.wasEvicted()) {
            evictions.increment();
        }
        if (response != null) {
            response.release();
        }
    }

    private @Nullable CachedResponse find(Key key) {
        long begun = ticker.nanos();
        CachedResponse found = responses.getIfPresent(key);
        // It may be forgotten at this very moment.
        CachedResponse held = found != null && found.tryRetain() ? found : null;
        (held == null ? misses : hits).increment();
        lookupNanos.add(ticker.nanos() - begun);
        return held;
    }

    private void store(Key key, CachedResponse response) {
        long begun = ticker.nanos();
        responses.put(key, response);
        insertionNanos.add(ticker.nanos() - begun);
    }

    /** What one load of one version stores. */
    private final class Part implements Space {
        private final long number;

        Part(long number) {
            this.number = number;
        }

        @Override
        public @Nullable CachedResponse get(RequestDigest request) {
            return find(new Key(number, request));
        }

        @Override
        public boolean takes(long byteSize) {
            return byteSize <= Math.min(limit, Integer.MAX_VALUE);
        }

        @Override
        public void put(RequestDigest request, CachedResponse response) {
            store(new Key(number, request), response);
        }

        @Override
        public void close() {
            responses.asMap().keySet().removeIf(key -> key.space() == number);
        }
    }
}
