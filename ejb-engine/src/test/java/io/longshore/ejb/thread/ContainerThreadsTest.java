package io.longshore.ejb.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.Ticker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ContainerThreadsTest {
    private final List<Thread> made = new ArrayList<>();
    private final ThreadFactory source = task -> {
        Thread thread = Executors.defaultThreadFactory().newThread(task);
        synchronized (made) {
            made.add(thread);
        }
        return thread;
    };
    private final ContainerThreads threads = new ContainerThreads(source, 3, 2);

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void tasksThatWait_haveAThreadEachUpToTheBoundAndThenQueue() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch threeAtWork = new CountDownLatch(3);
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            results.add(CompletableFuture.supplyAsync(() -> nameAfter(threeAtWork, release), threads.executor()));
        }

        threeAtWork.await();
        assertThat(made).hasSize(3);
        release.countDown();

        for (CompletableFuture<String> result : results) {
            assertThat(result.get()).startsWith("longshore-run-");
        }
        assertThat(made).hasSize(3);
    }

    @Test
    void tasksOneAfterTheOther_allRun() throws Exception {
        for (int i = 0; i < 200; i++) {
            CompletableFuture.runAsync(() -> {}, threads.executor()).get();
        }

        assertThat(made).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void threadThatBecameIdleLast_worksFirst() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch threeAtWork = new CountDownLatch(3);
        List<CompletableFuture<String>> busy = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            busy.add(CompletableFuture.supplyAsync(() -> nameAfter(threeAtWork, release), threads.executor()));
        }
        threeAtWork.await();
        release.countDown();
        for (CompletableFuture<String> each : busy) {
            each.get();
        }

        Set<String> used = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            awaitIdle();
            used.add(CompletableFuture.supplyAsync(() -> Thread.currentThread().getName(), threads.executor())
                    .get());
        }
        assertThat(used).as("one of three idle threads").hasSize(1);
    }

    private void awaitIdle() {
        synchronized (made) {
            made.forEach(thread -> {
                while (thread.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
            });
        }
    }

    @Test
    void manyTasksFromManyThreads_noneIsLost() throws Exception {
        CountDownLatch done = new CountDownLatch(4 * 5000);
        List<Thread> submitters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread submitter = new Thread(() -> submit(5000, done, threads.executor()));
            submitter.start();
            submitters.add(submitter);
        }
        for (Thread submitter : submitters) {
            submitter.join();
        }

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void names_tellWhatAThreadIsFor() throws Exception {
        assertThat(CompletableFuture.supplyAsync(() -> Thread.currentThread().getName(), threads.loader())
                        .get())
                .isEqualTo("longshore-load-1");
        CompletableFuture<String> timer = new CompletableFuture<>();
        threads.delayer().schedule(() -> timer.complete(Thread.currentThread().getName()), Ticker.SYSTEM.nanos());
        assertThat(timer.get()).isEqualTo("longshore-timer-1");
    }

    @Test
    void cancelledTimer_doesNotRun() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        CountDownLatch later = new CountDownLatch(1);
        long soon = Ticker.SYSTEM.nanos() + TimeUnit.MILLISECONDS.toNanos(20);
        Runnable cancel = threads.delayer().schedule(() -> ran.set(true), soon);
        threads.delayer().schedule(later::countDown, soon + TimeUnit.MILLISECONDS.toNanos(20));

        cancel.run();
        cancel.run();

        later.await();
        assertThat(ran).isFalse();
    }

    @Test
    void closed_allThreadsEndAndNothingMoreIsTaken() throws Exception {
        CompletableFuture<Void> interrupted = new CompletableFuture<>();
        CountDownLatch started = new CountDownLatch(1);
        threads.loader().execute(() -> waitForInterrupt(started, interrupted));
        threads.executor().execute(() -> {});
        threads.delayer().schedule(() -> {}, Ticker.SYSTEM.nanos() + TimeUnit.HOURS.toNanos(1));
        started.await();

        threads.close();

        assertThat(interrupted).isCompleted();
        for (Thread thread : made) {
            thread.join(10_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
        assertThatThrownBy(() -> threads.executor().execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> threads.loader().execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        threads.delayer().schedule(() -> {}, Ticker.SYSTEM.nanos()).run();
    }

    private static String nameAfter(CountDownLatch arrived, CountDownLatch release) {
        arrived.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return Thread.currentThread().getName();
    }

    private static void submit(int count, CountDownLatch done, Executor executor) {
        for (int i = 0; i < count; i++) {
            executor.execute(done::countDown);
        }
    }

    private static void waitForInterrupt(CountDownLatch started, CompletableFuture<Void> interrupted) {
        started.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.complete(null);
        }
    }
}
