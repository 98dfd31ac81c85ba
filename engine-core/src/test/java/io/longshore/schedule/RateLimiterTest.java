package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.RateLimit;
import io.longshore.model.ResourceLimit;
import io.longshore.schedule.Claim.Resource;
import io.longshore.schedule.Claim.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private static final Resource R1 = new Resource("R1", Claim.CPU);
    private static final Resource R2 = new Resource("R2", Claim.CPU);

    private final RateLimiter limiter = new RateLimiter(List.of());

    private static Claim claim(int priority, Object... namesAndCounts) {
        List<RateLimit.Resource> resources = new ArrayList<>();
        for (int i = 0; i < namesAndCounts.length; i += 2) {
            resources.add(new RateLimit.Resource((String) namesAndCounts[i], false, (Integer) namesAndCounts[i + 1]));
        }
        return new Claim(new RateLimit(resources, priority), Claim.CPU);
    }

    private static Claim global(String name, int count) {
        return new Claim(new RateLimit(List.of(new RateLimit.Resource(name, true, count)), 1), Claim.CPU);
    }

    private static ResourceLimit limit(String name, int count, int... device) {
        return new ResourceLimit(name, count, device.length == 0 ? OptionalInt.empty() : OptionalInt.of(device[0]));
    }

    private void add(Claim... claims) {
        assertThat(limiter.add(List.of(claims))).isEmpty();
    }

    private List<Claim> ask(Claim... claims) {
        for (Claim claim : claims) {
            limiter.ask(claim);
        }
        return limiter.grant();
    }

    @Test
    void nothingSaid_thereIsAsMuchAsTheGreatestNeed() {
        // The example of Triton's rate_limiter.md.
        add(claim(1, "R1", 4, "R2", 4), claim(1, "R2", 5, "R3", 10, "R4", 5), claim(1, "R1", 1, "R3", 7, "R4", 2));

        assertThat(List.of("R1", "R2", "R3", "R4"))
                .extracting(name -> limiter.available(new Resource(name, Claim.CPU)))
                .containsExactly(4L, 5L, 10L, 5L);
    }

    @Test
    void whatWasSaid_countsForItsDeviceForAllAndForWhatIsShared() {
        RateLimiter said =
                new RateLimiter(List.of(limit("R1", 10), limit("R2", 5, 0), limit("R2", 8, 1), limit("R3", 2)));
        assertThat(said.add(List.of(claim(1, "R1", 1, "R2", 1, "R4", 3), global("R3", 1))))
                .isEmpty();

        assertThat(said.available(R1)).isEqualTo(10);
        assertThat(said.available(R2)).isEqualTo(5);
        assertThat(said.available(new Resource("R3", Claim.GLOBAL))).isEqualTo(2);
        assertThat(said.available(new Resource("R4", Claim.CPU))).isEqualTo(3);
    }

    @Test
    void needBeyondWhatThereIs_isRefusedAndChangesNothing() {
        RateLimiter said = new RateLimiter(List.of(limit("R1", 3)));
        assertThat(said.add(List.of(claim(1, "R1", 2)))).isEmpty();

        assertThat(said.add(List.of(claim(1, "R1", 1), claim(1, "R1", 4))))
                .contains("Resource count for \"R1\" is limited to 3 which will prevent scheduling of one or more model"
                        + " instances, the minimum required count is 4");
        assertThat(said.available(R1)).isEqualTo(3);
        assertThat(said.add(List.of(claim(1, "R1", 3)))).isEmpty();
    }

    @Test
    void resourceThatIsBothSharedAndADevices_isRefused() {
        add(claim(1, "R1", 1));

        assertThat(limiter.add(List.of(global("R1", 1))))
                .contains("Resource \"R1\" is present as both global and device-specific resource in the model"
                        + " configuration.");
    }

    @Test
    void instances_runTogetherOnlyWhileThereIsEnough() {
        Claim one = claim(1, "R1", 1);
        Claim other = claim(1, "R1", 1);
        Claim large = claim(1, "R1", 2);
        add(one, other, large);

        assertThat(ask(one, other, large)).containsExactly(one, other);
        assertThat(limiter.inUse(R1)).isEqualTo(2);
        limiter.ran(one);
        assertThat(limiter.grant()).isEmpty();
        limiter.ran(other);
        assertThat(limiter.grant()).containsExactly(large);
    }

    @Test
    void largeNeed_isNotOvertakenForEverBySmallOnes() {
        Claim one = claim(1, "R1", 1);
        Claim other = claim(1, "R1", 1);
        Claim large = claim(1, "R1", 2);
        add(one, other, large);
        ask(one, other);
        ask(large);
        limiter.ran(one);
        assertThat(ask(one)).as("what the large one waits for").isEmpty();
        limiter.ran(other);

        assertThat(ask(other)).containsExactly(large);
    }

    @Test
    void instancesWithOtherNeeds_doNotWaitForTheFirst() {
        Claim holder = claim(1, "R1", 1);
        Claim waits = claim(1, "R1", 1, "R2", 1);
        Claim free = claim(1, "R3", 1);
        Claim needless = claim(1);
        add(holder, waits, free, needless);
        ask(holder);

        assertThat(ask(waits, free, needless)).containsExactly(free, needless);
    }

    @Test
    void twoOfTwoResources_neverHoldOneEach() {
        Claim one = claim(1, "R1", 1, "R2", 1);
        Claim other = claim(1, "R2", 1, "R1", 1);
        add(one, other);

        assertThat(ask(one, other)).containsExactly(one);
        limiter.ran(one);
        assertThat(ask(one)).containsExactly(other);
    }

    @Test
    void priorityOne_hasTwiceTheTurnsOfPriorityTwo() {
        Map<Claim, Integer> turns = turnsOf(600, claim(1, "R1", 1), claim(2, "R1", 1), claim(3, "R1", 1));

        // 1 : 1/2 : 1/3
        assertThat(turns.values().stream().sorted().toList())
                .satisfiesExactly(
                        third -> assertThat(third).isBetween(107, 111),
                        second -> assertThat(second).isBetween(162, 166),
                        first -> assertThat(first).isBetween(325, 329));
    }

    /** Who of claims that always ask again had how many turns. */
    private Map<Claim, Integer> turnsOf(int rounds, Claim... claims) {
        add(claims);
        Map<Claim, Integer> turns = new HashMap<>();
        List<Claim> granted = ask(claims);
        for (int i = 0; i < rounds; i++) {
            Claim next = granted.get(0);
            turns.merge(next, 1, Integer::sum);
            limiter.ran(next);
            granted = ask(next);
        }
        return turns;
    }

    @Test
    void claimThatHasNotAskedForLong_doesNotMakeUpForIt() {
        Claim busy = claim(1, "R1", 1);
        Claim late = claim(1, "R1", 1);
        turnsOf(1_000, busy);
        add(late);
        limiter.ask(late);
        List<Claim> served = new ArrayList<>();
        Claim now = busy;
        for (int i = 0; i < 6; i++) {
            limiter.ran(now);
            now = ask(now).get(0);
            served.add(now);
        }

        assertThat(served).containsExactly(late, busy, late, busy, late, busy);
    }

    @Test
    void grantThatIsNotUsed_isNoTurn() {
        Claim one = claim(1, "R1", 1);
        Claim other = claim(1, "R1", 1);
        add(one, other);
        ask(one);
        limiter.leave(one);

        assertThat(ask(one, other)).containsExactly(one);
        assertThat(limiter.inUse(R1)).isOne();
    }

    @Test
    void removedClaim_returnsWhatItHasAndCountsNoMore() {
        Claim small = claim(1, "R1", 1);
        Claim large = claim(1, "R1", 5);
        add(small, large);
        ask(large, small);
        limiter.remove(large);

        assertThat(limiter.grant()).containsExactly(small);
        assertThat(limiter.available(R1)).isOne();
        limiter.remove(large);
        limiter.ran(large);
        assertThat(ask(large)).isEmpty();
        assertThat(limiter.inUse(R1)).isOne();
    }

    /** Random models that come, run, leave and go: never more in use than there is, nobody waits for ever, all comes back. */
    @RepeatedTest(200)
    void randomModels_shareFairly(RepetitionInfo repetition) {
        new Play(repetition.getCurrentRepetition()).run();
    }

    private static final class Play {
        private static final int STEPS = 300;

        private final Random random;
        private final String seed;
        private final RateLimiter limiter;
        private final List<Claim> known = new ArrayList<>();
        private final List<Claim> running = new ArrayList<>();
        private final Map<Claim, Integer> waited = new HashMap<>();

        Play(int seed) {
            this.random = new Random(seed);
            this.seed = "seed " + seed;
            this.limiter = new RateLimiter(seed % 2 == 0 ? List.of() : List.of(limit("R0", 6), limit("R1", 7, 0)));
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                change();
                check();
            }
            finish();
        }

        private void change() {
            int choice = random.nextInt(10);
            if (known.isEmpty() || (choice == 0 && known.size() < 12)) {
                come();
            } else if (choice == 1) {
                go(pick(known));
            } else if (choice < 6 || running.isEmpty()) {
                ask(pick(known));
            } else {
                end(pick(running));
            }
            granted(limiter.grant());
        }

        private Claim pick(List<Claim> claims) {
            return claims.get(random.nextInt(claims.size()));
        }

        private void come() {
            Object[] needs = IntStream.range(0, 3)
                    .filter(index -> random.nextBoolean())
                    .boxed()
                    .flatMap(index -> List.<Object>of("R" + index, 1 + random.nextInt(6)).stream())
                    .toArray();
            Claim claim = claim(1 + random.nextInt(3), needs);
            assertThat(limiter.add(List.of(claim))).as(seed).isEmpty();
            known.add(claim);
        }

        /** Only one that does not run: what is in use of a resource may else be more than there is without it. */
        private void go(Claim claim) {
            if (running.isEmpty()) {
                limiter.remove(claim);
                known.remove(claim);
                waited.remove(claim);
            }
        }

        private void ask(Claim claim) {
            if (claim.state() == State.IDLE) {
                waited.put(claim, 0);
            }
            limiter.ask(claim);
        }

        private void end(Claim claim) {
            running.remove(claim);
            if (random.nextInt(5) == 0) {
                limiter.leave(claim);
            } else {
                limiter.ran(claim);
                waited.replaceAll((waiting, runs) -> runs + 1);
            }
            if (random.nextBoolean()) {
                ask(claim);
            }
        }

        private void granted(List<Claim> granted) {
            granted.forEach(waited::remove);
            running.addAll(granted);
        }

        private void check() {
            Map<Resource, Long> inUse = new HashMap<>();
            running.forEach(
                    claim -> claim.needs().forEach((resource, count) -> inUse.merge(resource, count, Long::sum)));
            inUse.forEach((resource, count) -> {
                assertThat(limiter.inUse(resource)).as(seed).isEqualTo(count);
                assertThat(count)
                        .as("%s: in use of %s", seed, resource)
                        .isLessThanOrEqualTo(limiter.available(resource));
            });
            // At most as many runs go before another as the others have instances, times the weights' ratio, and what
            // runs.
            waited.forEach((claim, runs) ->
                    assertThat(runs).as("%s: runs while one waits", seed).isLessThan(100));
        }

        private void finish() {
            for (int runs = 0; !running.isEmpty(); runs++) {
                assertThat(runs).as("%s: runs until nobody waits", seed).isLessThan(100);
                Claim claim = running.remove(0);
                limiter.ran(claim);
                granted(limiter.grant());
            }
            assertThat(waited).as("%s: nobody runs, and these wait", seed).isEmpty();
            for (int index = 0; index < 3; index++) {
                assertThat(limiter.inUse(new Resource("R" + index, Claim.CPU)))
                        .as(seed)
                        .isZero();
            }
        }
    }
}
