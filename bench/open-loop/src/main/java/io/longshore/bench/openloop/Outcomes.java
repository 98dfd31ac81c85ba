package io.longshore.bench.openloop;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What became of each request. Written on the event loop, read after {@link #await}. */
final class Outcomes {
    private final long[] sendDelays;
    private final long[] latencies;
    private final @Nullable String[] faults;
    private final CountDownLatch open;

    Outcomes(int count) {
        sendDelays = new long[count];
        latencies = new long[count];
        faults = new String[count];
        open = new CountDownLatch(count);
    }

    /** Request {@code index} was sent so many nanoseconds after it was meant to be. */
    void sent(int index, long delayNanos) {
        sendDelays[index] = delayNanos;
    }

    /** Request {@code index} ended so many nanoseconds after it was meant to be sent. */
    void ended(int index, long latencyNanos, @Nullable String fault) {
        latencies[index] = latencyNanos;
        faults[index] = fault;
        open.countDown();
    }

    /** Waits until all requests have ended. */
    boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        return open.await(timeout, unit);
    }

    long latencyNanos(int index) {
        return latencies[index];
    }

    @Nullable
    String fault(int index) {
        return faults[index];
    }

    /** One line for each request: latency and delay of sending in microseconds, and the fault where there was one. */
    void print(PrintStream out) {
        for (int i = 0; i < latencies.length; i++) {
            String fault = faults[i];
            out.println(latencies[i] / 1000 + " " + sendDelays[i] / 1000
                    + (fault == null ? "" : " " + fault.replaceAll("\\R", " ")));
        }
    }
}
