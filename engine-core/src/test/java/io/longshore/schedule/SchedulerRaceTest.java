package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.CallerThread;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.RequestClass;
import io.longshore.model.DynamicBatching;
import io.longshore.model.RateLimit;
import io.longshore.schedule.BatchRig.Sent;
import io.longshore.spi.BackendException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Threads that run into each other in a scheduler, and in the gate between schedulers, many times in courses drawn at random. At
 * the end of each nothing is forgotten and nothing is left. {@link ScheduleLincheckTest} has their parts step by step.
 */
class SchedulerRaceTest {
    private static final int ROUNDS = 300;
    private static final int STEPS = 4;

    /**
     * Two instances of different models that need the same thing. Would show both of them running at once, one that got it and is
     * never told, and one that nobody tells because the thread at it stopped just before.
     */
    private static final class Gate {
        private final ResourceGate gate = new ResourceGate(List.of());
        private final AtomicInteger running = new AtomicInteger();
        private final List<User> users = List.of(new User(), new User());

        /** Asks as a scheduler does: under a lock of its own, and not while it waits. */
        private final class User {
            private final Claim claim =
                    new Claim(new RateLimit(List.of(new RateLimit.Resource("R", true, 1)), 1), Claim.CPU);
            private boolean waits;
            private int wanted;
            private int ran;

            User() {
                claim.onGrant(this::granted);
                gate.register(List.of(claim));
            }

            void use() {
                synchronized (this) {
                    if (!waits) {
                        wanted++;
                        waits = !gate.tryTake(claim);
                        runUnlessWaiting();
                    }
                }
                gate.settle();
            }

            private synchronized void granted() {
                waits = waits && !gate.isGranted(claim);
                runUnlessWaiting();
            }

            private void runUnlessWaiting() {
                if (!waits && ran < wanted) {
                    assertThat(running.incrementAndGet()).as("running at once").isOne();
                    running.decrementAndGet();
                    ran++;
                    gate.ran(claim);
                }
            }
        }

        void allHadTheirTurn() {
            assertThat(users).allSatisfy(user -> {
                assertThat(user.waits).isFalse();
                assertThat(user.ran).isEqualTo(user.wanted);
            });
        }
    }

    /**
     * A scheduler with one instance: requests come, on threads that may run them and on one that may not, are withdrawn, have
     * waited for long enough, and the executor's thread gives the instance back. Would show a request that is forgotten or ends
     * twice, one in the queue beside an idle instance, a timer that nobody sets, and tensors or instances that are left.
     */
    private static final class Shell {
        private static final CallerThread[] CALLERS = CallerThread.values();
        private static final int REQUESTS = CALLERS.length;
        private final BatchRig rig = new BatchRig(
                1,
                draft -> draft.dynamicBatching(
                        new DynamicBatching(List.of(2), Duration.ofNanos(5), false, 0, 0, Map.of())));
        private final List<Sent> prepared = new ArrayList<>();
        private final List<AtomicInteger> submitted = new ArrayList<>();

        Shell() {
            for (int i = 0; i < REQUESTS; i++) {
                prepared.add(
                        rig.prepare(InferenceRequest.Options.DEFAULT.withCaller(CALLERS[i]), List.of("TWICE"), 1, i));
                submitted.add(new AtomicInteger());
            }
        }

        void step(Random random) {
            switch (random.nextInt(5)) {
                case 0, 1 -> submit(random.nextInt(REQUESTS));
                case 2 -> withdraw(random.nextInt(REQUESTS));
                case 3 -> rig.executor.runNext();
                default -> timePasses();
            }
        }

        void submit(int index) {
            if (submitted.get(index).getAndIncrement() == 0) {
                rig.scheduler().submit(prepared.get(index).request());
            }
        }

        void withdraw(int index) {
            if (submitted.get(index).get() > 0) {
                prepared.get(index).request().cancel();
            }
        }

        void timePasses() {
            rig.delayer.advance(Duration.ofNanos(5));
        }

        void nothingIsLeft(String seen) throws BackendException {
            IntStream.range(0, REQUESTS).forEach(this::submit);
            rig.executor.runAll();
            rig.delayer.advance(Duration.ofNanos(5));
            rig.executor.runAll();
            for (Sent sent : prepared) {
                assertThat(sent.sink().violations()).as(seen).isZero();
                assertThat(sent.sink().outcome()).as(seen).isIn("OK", "CANCELLED");
                if (sent.sink().outcome().equals("OK")) {
                    sent.check();
                }
            }
            rig.closeAndCheck(REQUESTS);
        }
    }

    /**
     * Two models with an instance more than the machine has room for: requests of all classes come, are withdrawn and are answered by
     * several threads. Would show background work that waits beside room because an end was not seen, and a count that goes astray.
     */
    private static final class Machine {
        private static final List<RequestClass> KINDS =
                List.of(RequestClass.BACKGROUND, RequestClass.BACKGROUND, RequestClass.ONLINE, RequestClass.BACKGROUND);
        private final SpareCapacity capacity = new SpareCapacity(1);
        private final List<BatchRig> rigs =
                List.of(new BatchRig(2, capacity, draft -> draft), new BatchRig(2, capacity, draft -> draft));
        private final AtomicInteger next = new AtomicInteger();
        private final List<Sent> sent = Collections.synchronizedList(new ArrayList<>());

        void step(Random random) {
            BatchRig rig = rigs.get(random.nextInt(rigs.size()));
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    int index = next.getAndIncrement();
                    sent.add(rig.submit(KINDS.get(index % KINDS.size()), index));
                }
                case 2 -> {
                    if (!sent.isEmpty()) {
                        sent.get(0).request().cancel();
                    }
                }
                default -> rig.executor.runNext();
            }
        }

        void nothingIsLeft(String seen) throws BackendException {
            // The end of an execution of one model may have the other run next.
            while (rigs.stream().anyMatch(rig -> rig.executor.waiting() > 0)) {
                rigs.forEach(rig -> rig.executor.runAll());
            }
            for (Sent each : sent) {
                assertThat(each.sink().outcome()).as(seen).isIn("OK", "CANCELLED");
                if (each.sink().outcome().equals("OK")) {
                    each.check();
                }
            }
            for (BatchRig rig : rigs) {
                rig.closeAndCheck(rig.over.get());
            }
            assertThat(capacity.underWay()).as(seen).isZero();
        }
    }

    @Test
    void backgroundOfSeveralModels_isNotForgotten() throws BackendException {
        for (int round = 0; round < ROUNDS; round++) {
            Machine machine = new Machine();
            race(37L * round, machine::step);
            machine.nothingIsLeft("round " + round);
        }
    }

    @Test
    void sharedResource_hasOneUserAndNobodyIsForgotten() {
        for (int round = 0; round < ROUNDS; round++) {
            Gate gate = new Gate();
            // Two threads for one of them: what it asks for may be the other's turn before that is told.
            Race.of(
                    () -> repeat(gate.users.get(0)::use),
                    () -> repeat(gate.users.get(0)::use),
                    () -> repeat(gate.users.get(1)::use));
            gate.allHadTheirTurn();
        }
    }

    @Test
    void scheduler_forgetsNobody() throws BackendException {
        for (int round = 0; round < ROUNDS; round++) {
            Shell shell = new Shell();
            race(31L * round, shell::step);
            shell.nothingIsLeft("round " + round);
        }
    }

    /** Three threads that each draw their steps from a seed of their own. */
    private static void race(long seed, Consumer<Random> step) {
        Runnable[] threads = new Runnable[3];
        for (int i = 0; i < threads.length; i++) {
            Random random = new Random(seed + i);
            threads[i] = () -> repeat(() -> step.accept(random));
        }
        Race.of(threads);
    }

    private static void repeat(Runnable step) {
        for (int i = 0; i < STEPS; i++) {
            step.run();
        }
    }
}
