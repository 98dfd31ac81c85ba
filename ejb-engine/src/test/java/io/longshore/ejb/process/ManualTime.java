package io.longshore.ejb.process;

import io.longshore.inference.Delayer;
import io.longshore.inference.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A clock and its delayer that a test moves by hand. */
final class ManualTime implements Ticker, Delayer {
    private record Timer(Runnable action, long nanos) {}

    private final List<Timer> timers = new ArrayList<>();
    private long now = -5;

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Runnable schedule(Runnable action, long nanos) {
        Timer timer = new Timer(action, nanos);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    /** Lets time pass and runs what falls into it, in order. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        while (true) {
            Timer next = timers.stream()
                    .filter(timer -> timer.nanos() <= end)
                    .min(Comparator.comparingLong(Timer::nanos))
                    .orElse(null);
            if (next == null) {
                now = end;
                return;
            }
            timers.remove(next);
            now = Math.max(now, next.nanos());
            next.action().run();
        }
    }

    int pendingTimers() {
        return timers.size();
    }
}
