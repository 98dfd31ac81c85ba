package io.longshore.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.schedule.PuppetExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SerialLanesTest {
    private final PuppetExecutor executor = new PuppetExecutor();
    private final SerialLanes lanes = new SerialLanes(executor);
    private final List<String> done = new ArrayList<>();

    @Test
    void oneName_isServedInOrderAndDifferentNamesSideBySide() {
        lanes.submit("a", () -> done.add("a1"));
        lanes.submit("a", () -> done.add("a2"));
        lanes.submit("b", () -> done.add("b1"));

        assertThat(executor.waiting()).as("the first of each name").isEqualTo(2);
        executor.runAll();
        assertThat(done).containsExactly("a1", "b1", "a2");
    }

    @Test
    void failure_isTheOutcomeAndDoesNotStopTheNext() {
        CompletableFuture<Void> failed = lanes.submit("a", () -> {
                    throw new UnsatisfiedLinkError("native");
                })
                .toCompletableFuture();
        CompletableFuture<Void> next = lanes.submit("a", () -> done.add("next")).toCompletableFuture();
        executor.runAll();

        assertThat(failed).isCompletedExceptionally();
        assertThat(next).isCompleted();
        assertThat(done).containsExactly("next");
    }

    @Test
    void closedExecutor_failsAllThatWaits() {
        CompletableFuture<Void> first =
                lanes.submit("a", () -> done.add("first")).toCompletableFuture();
        CompletableFuture<Void> second =
                lanes.submit("a", () -> done.add("second")).toCompletableFuture();
        executor.close();
        executor.runAll();

        assertThat(first).isCompleted();
        assertThat(second)
                .failsWithin(1, TimeUnit.SECONDS)
                .withThrowableThat()
                .withCauseInstanceOf(RejectedExecutionException.class);
        assertThat(lanes.settled().toCompletableFuture()).isCompleted();
    }

    @Test
    void settled_waitsForWhatWasSubmittedBefore() {
        lanes.submit("a", () -> done.add("a"));
        lanes.submit("b", () -> done.add("b"));
        CompletableFuture<Void> settled = lanes.settled().toCompletableFuture();

        executor.runNext();
        assertThat(settled).isNotDone();
        executor.runAll();
        assertThat(settled).isCompleted();
    }

    @Test
    void whoWaitsForWork_mayWaitForMoreOfTheSameName() {
        List<String> order = new ArrayList<>();
        lanes.submit("a", () -> order.add("outer")).thenRun(() -> {
            lanes.submit("a", () -> order.add("inner"));
            assertThat(executor.runNext()).as("the lane is free already").isTrue();
        });
        executor.runAll();

        assertThat(order).containsExactly("outer", "inner");
    }

    /** Race: submit against the end of the work before, where a lane's tail is taken away. */
    @Test
    void manyThreads_neverRunOneNameTwiceAtOnce() {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        SerialLanes real = new SerialLanes(threads);
        ConcurrentHashMap<String, AtomicInteger> inside = new ConcurrentHashMap<>();
        AtomicInteger overlaps = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        Runnable submitter = () -> {
            for (int i = 0; i < 1_000; i++) {
                AtomicInteger lane = inside.computeIfAbsent("n" + i % 3, name -> new AtomicInteger());
                real.submit("n" + i % 3, () -> {
                    overlaps.addAndGet(lane.getAndIncrement());
                    runs.incrementAndGet();
                    lane.decrementAndGet();
                });
            }
        };
        Race.of(submitter, submitter, submitter);
        real.settled().toCompletableFuture().join();
        threads.shutdown();

        assertThat(overlaps).hasValue(0);
        assertThat(runs).hasValue(3_000);
    }
}
