package io.longshore.inference;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/** Runs what is due when a test moves the clock, on the test's thread. Thread-safe. */
public final class ManualDelayer implements Delayer {
    private final FakeTicker ticker;
    private final List<Timer> timers = new ArrayList<>();
    private boolean closed;

    /** @param ticker the clock that {@link #advance} moves */
    public ManualDelayer(FakeTicker ticker) {
        this.ticker = ticker;
    }

    private record Timer(Runnable action, long nanos, Object identity) {}

    @Override
    public synchronized Runnable schedule(Runnable action, long nanos) {
        if (closed) {
            throw new RejectedExecutionException("the delayer is closed");
        }
        Timer timer = new Timer(action, nanos, new Object());
        timers.add(timer);
        return () -> forget(timer);
    }

    private synchronized void forget(Timer timer) {
        timers.removeIf(each -> each.identity() == timer.identity());
    }

    /** Moves the clock and runs what is due by then, earliest first. */
    public void advance(Duration by) {
        ticker.advance(by);
        for (Optional<Timer> due = takeDue(); due.isPresent(); due = takeDue()) {
            due.get().action().run();
        }
    }

    private synchronized Optional<Timer> takeDue() {
        Optional<Timer> due = timers.stream()
                .filter(timer -> timer.nanos() - ticker.nanos() <= 0)
                .min(Comparator.comparingLong(timer -> timer.nanos() - ticker.nanos()));
        due.ifPresent(timers::remove);
        return due;
    }

    /** Timers that have not run and were not withdrawn. */
    public synchronized int pending() {
        return timers.size();
    }

    /** Rejects everything from now on. */
    public synchronized void close() {
        closed = true;
    }
}
