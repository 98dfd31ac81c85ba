package io.longshore.schedule;

import io.longshore.model.ResourceLimit;
import io.longshore.schedule.Claim.Resource;
import io.longshore.schedule.Claim.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Decides which instances may run at once, by the resources that they share, and whose turn is next. Pure and not
 * thread-safe: it knows no thread and no clock.
 *
 * <p>An instance gets all that it needs or nothing, so no two wait for each other. Who waits is served in the order of turns:
 * each run moves an instance back by its priority, as in Triton's {@code rate_limiter.cc}, where that of the fewest runs
 * times priority is next. What did not wait for a while begins at the turn of the others, and does not make up for what it
 * never asked for. Nobody is given anything of a resource that somebody before him waits for, so a large need is met in the
 * end; those who need other things do not wait for him.
 *
 * <p>Of each resource there is as much as was said, or else the most that any instance needs.
 */
final class RateLimiter {
    private static final Comparator<Claim> BY_TURN =
            Comparator.comparingLong(Claim::turn).thenComparingLong(Claim::ticket);

    private final List<ResourceLimit> limits;
    private final Set<Claim> claims = new HashSet<>();
    private final SortedSet<Claim> waiting = new TreeSet<>(BY_TURN);
    private final Map<Resource, Long> used = new HashMap<>();
    private Map<Resource, Long> available = Map.of();
    private long turn;
    private long tickets;

    RateLimiter(List<ResourceLimit> limits) {
        this.limits = List.copyOf(limits);
    }

    /** Takes claims in, all or none of them; what is wrong with them, in Triton's words, or empty. */
    Optional<String> add(List<Claim> added) {
        Map<Resource, Long> needed = needed();
        added.forEach(claim -> claim.needs().forEach((resource, count) -> needed.merge(resource, count, Math::max)));
        Optional<String> problem = problem(needed);
        if (problem.isEmpty()) {
            added.forEach(claim -> claim.become(State.IDLE));
            claims.addAll(added);
            available = available(needed);
        }
        return problem;
    }

    /** The most that any instance needs of each resource. */
    private Map<Resource, Long> needed() {
        Map<Resource, Long> needed = new HashMap<>();
        claims.forEach(claim -> claim.needs().forEach((resource, count) -> needed.merge(resource, count, Math::max)));
        return needed;
    }

    private Optional<String> problem(Map<Resource, Long> needed) {
        for (Resource resource : needed.keySet()) {
            boolean both = resource.device() != Claim.GLOBAL
                    && needed.containsKey(new Resource(resource.name(), Claim.GLOBAL));
            if (both) {
                return Optional.of("Resource \"" + resource.name()
                        + "\" is present as both global and device-specific resource in the model configuration.");
            }
            long limit = limit(resource, needed);
            if (limit < needed.get(resource)) {
                return Optional.of("Resource count for \"" + resource.name() + "\" is limited to " + limit
                        + " which will prevent scheduling of one or more model instances, the minimum required count is "
                        + needed.get(resource));
            }
        }
        return Optional.empty();
    }

    /** The most that was said for a device, or for all of them; else what is needed. */
    private long limit(Resource resource, Map<Resource, Long> needed) {
        return limits.stream()
                .filter(limit -> limit.name().equalsIgnoreCase(resource.name()))
                .filter(limit -> resource.device() == Claim.GLOBAL
                        || limit.device().isEmpty()
                        || limit.device().getAsInt() == resource.device())
                .mapToLong(ResourceLimit::count)
                .max()
                .orElse(needed.getOrDefault(resource, 0L));
    }

    private Map<Resource, Long> available(Map<Resource, Long> needed) {
        Map<Resource, Long> counts = new HashMap<>();
        needed.keySet().forEach(resource -> counts.put(resource, limit(resource, needed)));
        return counts;
    }

    /** Takes a claim out, with what it has; does nothing for one that is not there. */
    void remove(Claim claim) {
        if (claims.remove(claim)) {
            leave(claim);
            claim.become(State.UNKNOWN);
            available = available(needed());
        }
    }

    /** Has a claim wait for what it needs; does nothing for one that waits or has it. */
    void ask(Claim claim) {
        if (claim.state() == State.IDLE) {
            claim.await(turn, tickets++);
            claim.become(State.WAITING);
            waiting.add(claim);
        }
    }

    /** Takes back what a claim had for a run. */
    void ran(Claim claim) {
        leave(claim);
        claim.hadTurn();
    }

    /** Has a claim neither wait nor have anything, without having had its turn. */
    void leave(Claim claim) {
        if (claim.state() == State.UNKNOWN) {
            return;
        }
        if (claim.state() == State.GRANTED) {
            claim.needs().forEach((resource, count) -> used.merge(resource, -count, Long::sum));
        }
        waiting.remove(claim);
        claim.become(State.IDLE);
    }

    /** Gives those who wait what there is for them; who got it, in the order of their turns. */
    List<Claim> grant() {
        List<Claim> granted = new ArrayList<>(1);
        Set<Resource> reserved = new HashSet<>();
        for (Iterator<Claim> each = waiting.iterator(); each.hasNext(); ) {
            Claim claim = each.next();
            if (isFree(claim) && claim.resources().noneMatch(reserved::contains)) {
                each.remove();
                take(claim);
                granted.add(claim);
            } else {
                claim.resources().forEach(reserved::add);
            }
        }
        return granted;
    }

    private boolean isFree(Claim claim) {
        return claim.needs().entrySet().stream()
                .allMatch(need -> inUse(need.getKey()) + need.getValue() <= available.getOrDefault(need.getKey(), 0L));
    }

    private void take(Claim claim) {
        turn = Math.max(turn, claim.turn());
        claim.needs().forEach((resource, count) -> used.merge(resource, count, Long::sum));
        claim.become(State.GRANTED);
    }

    /** So many of a resource are in use. */
    long inUse(Resource resource) {
        return used.getOrDefault(resource, 0L);
    }

    /** So many of a resource there are. */
    long available(Resource resource) {
        return available.getOrDefault(resource, 0L);
    }
}
