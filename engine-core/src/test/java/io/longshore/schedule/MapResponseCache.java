package io.longshore.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A cache that forgets when a test tells it to, and what does not fit. Thread-safe. */
public final class MapResponseCache implements ResponseCache {
    private final Map<Key, CachedResponse> responses = new HashMap<>();
    private final long limit;
    private int spaces;

    /** @param limit bytes of the largest response that is taken */
    public MapResponseCache(long limit) {
        this.limit = limit;
    }

    private record Key(int space, RequestDigest request) {}

    @Override
    public synchronized Space open() {
        return new Part(spaces++);
    }

    /** Responses that are kept. */
    public synchronized int size() {
        return responses.size();
    }

    /** Forgets each response with this probability. */
    public void forget(Random random, double probability) {
        List<CachedResponse> forgotten = new ArrayList<>();
        synchronized (this) {
            for (Key key : List.copyOf(responses.keySet())) {
                CachedResponse removed = random.nextDouble() < probability ? responses.remove(key) : null;
                if (removed != null) {
                    forgotten.add(removed);
                }
            }
        }
        forgotten.forEach(CachedResponse::release);
    }

    private final class Part implements Space {
        private final int number;

        Part(int number) {
            this.number = number;
        }

        @Override
        public @Nullable CachedResponse get(RequestDigest request) {
            CachedResponse found;
            synchronized (MapResponseCache.this) {
                found = responses.get(new Key(number, request));
            }
            return found != null && found.tryRetain() ? found : null;
        }

        @Override
        public boolean takes(long byteSize) {
            return byteSize <= limit;
        }

        @Override
        public void put(RequestDigest request, CachedResponse response) {
            CachedResponse before;
            synchronized (MapResponseCache.this) {
                before = responses.put(new Key(number, request), response);
            }
            if (before != null) {
                before.release();
            }
        }

        @Override
        public void close() {
            List<CachedResponse> mine = new ArrayList<>();
            synchronized (MapResponseCache.this) {
                responses.forEach((key, response) -> {
                    if (key.space() == number) {
                        mine.add(response);
                    }
                });
                responses.keySet().removeIf(key -> key.space() == number);
            }
            mine.forEach(CachedResponse::release);
        }
    }
}
