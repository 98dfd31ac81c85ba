package io.longshore.schedule;

import io.longshore.model.QueuePolicy;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A queue, one instance and clients that ask again when they are answered, with requests of different lengths, in virtual time:
 * the same at every run.
 */
final class LengthSimulation {
    private static final double TURNAROUND_NANOS = 50_000;
    private static final int LEAST = 8;
    private static final int MOST = 128;

    /** What an execution of so many rows of one padded length costs, in nanoseconds. */
    interface Cost {
        double nanos(int rows, long padded);
    }

    /** A request. */
    private record Request(long length) {}

    private record Event(long time, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(order, other.order);
        }
    }

    private final LengthBuckets buckets;
    private final LengthBatches lengths;
    private final BatchQueue<Request> queue;
    private final Cost cost;
    private final double noise;
    private final Random random = new Random(1);
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private boolean busy;
    private long now;
    private long sequence;
    private int answered;
    private int mixed;

    /**
     * @param maxRows rows of a batch at most; 1 = one by one
     * @param noise by what share executions take more or less than they cost
     */
    LengthSimulation(int maxRows, List<Long> bucketLengths, Cost cost, double noise) {
        QueuePolicy endless = new QueuePolicy(Integer.MAX_VALUE, QueuePolicy.DEFAULT.defaultTimeout());
        this.buckets = new LengthBuckets(bucketLengths);
        this.lengths = new LengthBatches(buckets, 0);
        this.queue = new BatchQueue<>(new BatchLimits(maxRows, List.of(), BatchDelay.NONE, level -> endless), lengths);
        this.cost = cost;
        this.noise = noise;
    }

    /** A length of the mix, each as likely. */
    static long length(Random random) {
        return LEAST + (long) random.nextInt(MOST - LEAST + 1);
    }

    /** Answers in a second of so many clients, after as many requests as {@code warm}. */
    double perSecond(int clients, int warm, int measured) {
        for (int i = 0; i < clients; i++) {
            at(pause(), this::arrive);
        }
        runUntil(warm);
        long begun = now;
        answered = 0;
        mixed = 0;
        runUntil(measured);
        return answered / ((now - begun) / 1e9);
    }

    /** Executions of several lengths while it was measured. */
    int mixed() {
        return mixed;
    }

    private void runUntil(int answers) {
        while (answered < answers) {
            Event next = events.remove();
            now = next.time();
            next.action().run();
        }
    }

    private void at(long time, Runnable action) {
        events.add(new Event(time, sequence++, action));
    }

    private long pause() {
        return now + (long) (-TURNAROUND_NANOS * Math.log(1 - random.nextDouble()));
    }

    private void arrive() {
        Request request = new Request(length(random));
        queue.offer(new Waiting<>(request, BatchKey.ANY, 1, request.length(), 0, now));
        dispatch();
    }

    private void dispatch() {
        List<Request> batch = busy ? List.of() : queue.poll(now, true);
        if (batch.isEmpty()) {
            return;
        }
        busy = true;
        long shortest = batch.stream().mapToLong(Request::length).min().orElseThrow();
        long longest = batch.stream().mapToLong(Request::length).max().orElseThrow();
        double exact = cost.nanos(batch.size(), buckets.padded(shortest, longest));
        long nanos = (long) (exact * (1 + noise * (2 * random.nextDouble() - 1)));
        at(now + nanos, () -> {
            busy = false;
            answered += batch.size();
            mixed += shortest < longest ? 1 : 0;
            lengths.ran(batch.size(), shortest, longest, nanos);
            batch.forEach(each -> at(pause(), this::arrive));
            dispatch();
        });
    }
}
