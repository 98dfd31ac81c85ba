package io.longshore.inference;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. It starts near the end of the range, where sums wrap. Thread-safe. */
public final class FakeTicker implements Ticker {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);

    @Override
    public long nanos() {
        return now.get();
    }

    /** Moves the clock forward. */
    public void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }
}
