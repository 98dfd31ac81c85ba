package io.longshore.schedule;

import io.longshore.model.QueuePolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** A queue, one instance and clients in virtual time: hours of load in milliseconds, the same at every run. */
final class BatchSimulation {
    /** What a client's own time between an answer and its next request is on the average. */
    static final double TURNAROUND_NANOS = 50_000;

    private final LongUnaryOperator nanosOfRows;
    private final BatchQueue<Long> queue;
    private final @Nullable AdaptiveBatching adaptive;
    private final Random random = new Random(1);
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Long> latencies = new ArrayList<>();
    private boolean busy;
    private long now;
    private long sequence;

    private record Event(long time, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(order, other.order);
        }
    }

    private BatchSimulation(BatchLimits limits, @Nullable AdaptiveBatching adaptive, LongUnaryOperator nanosOfRows) {
        this.queue = new BatchQueue<>(limits);
        this.adaptive = adaptive;
        this.nanosOfRows = nanosOfRows;
    }

    /** With fixed limits. */
    static BatchSimulation fixed(int maxRows, long delay, LongUnaryOperator nanosOfRows) {
        return new BatchSimulation(limits(maxRows, delay), null, nanosOfRows);
    }

    /** With limits that adapt themselves. */
    static BatchSimulation adaptive(int maxRows, long goal, LongUnaryOperator nanosOfRows) {
        AdaptiveBatching adaptive = new AdaptiveBatching(limits(maxRows, 0), goal);
        return new BatchSimulation(adaptive.limits(), adaptive, nanosOfRows);
    }

    private static BatchLimits limits(int maxRows, long delay) {
        QueuePolicy endless = new QueuePolicy(Integer.MAX_VALUE, QueuePolicy.DEFAULT.defaultTimeout());
        return new BatchLimits(maxRows, List.of(), BatchDelay.fixed(delay), level -> endless);
    }

    /** What came out. */
    record Result(double perSecond, double meanMillis, double p99Millis) {}

    /** Clients that each send their next request some time after their answer. */
    Result closedLoop(int clients, double seconds) {
        for (int i = 0; i < clients; i++) {
            at(pause(TURNAROUND_NANOS), () -> arrive(true));
        }
        return run(seconds);
    }

    /** Requests that come whether or not the others are answered. */
    Result openLoop(double perSecond, double seconds) {
        at(pause(1e9 / perSecond), () -> arriveAndRepeat(perSecond));
        return run(seconds);
    }

    private void arriveAndRepeat(double perSecond) {
        arrive(false);
        at(now + pause(1e9 / perSecond), () -> arriveAndRepeat(perSecond));
    }

    private Result run(double seconds) {
        long half = (long) (seconds * 1e9);
        runUntil(half);
        // What is learned at the start does not count.
        latencies.clear();
        runUntil(2 * half);
        Collections.sort(latencies);
        double mean = latencies.stream().mapToLong(Long::longValue).average().orElseThrow();
        return new Result(latencies.size() / seconds, mean / 1e6, latencies.get((int) (latencies.size() * 0.99)) / 1e6);
    }

    private void runUntil(long end) {
        while (!events.isEmpty() && events.element().time() < end) {
            Event next = events.remove();
            now = next.time();
            next.action().run();
        }
    }

    private void at(long time, Runnable action) {
        events.add(new Event(time, sequence++, action));
    }

    private long pause(double mean) {
        return (long) (-mean * Math.log(1 - random.nextDouble()));
    }

    private boolean closed;

    private void arrive(boolean isClosedLoop) {
        closed = isClosedLoop;
        if (adaptive != null) {
            adaptive.arrived(now);
        }
        queue.offer(new Waiting<>(now, BatchKey.ANY, 1, 0, 0, now));
        dispatch();
    }

    private void dispatch() {
        if (busy) {
            return;
        }
        List<Long> batch = queue.poll(now, true);
        if (!batch.isEmpty()) {
            busy = true;
            long nanos = nanosOfRows.applyAsLong(batch.size());
            at(now + nanos, () -> answered(batch, nanos));
            return;
        }
        OptionalLong wakeup = queue.nextWakeup(true, true);
        if (wakeup.isPresent()) {
            at(wakeup.getAsLong(), this::dispatch);
        }
    }

    private void answered(List<Long> batch, long nanos) {
        busy = false;
        if (adaptive != null) {
            boolean alone = batch.size() == 1 && queue.isEmpty();
            queue.adapt(adaptive.ran(batch.size(), nanos, queue.size(), alone, now), now);
        }
        for (long arrived : batch) {
            latencies.add(now - arrived);
            if (closed) {
                at(now + pause(TURNAROUND_NANOS), () -> arrive(true));
            }
        }
        dispatch();
    }
}
