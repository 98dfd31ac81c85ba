package io.longshore.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A pool's instances between idle and lent: those that wait for what they need, and those that have got it. Without a gate
 * there never are any, and nothing is asked. Not thread-safe: it belongs to its pool.
 */
final class Permits {
    private final @Nullable ResourceGate gate;
    private final List<PoolInstance> waiting = new ArrayList<>(0);
    private final Deque<PoolInstance> granted = new ArrayDeque<>(0);

    Permits(@Nullable ResourceGate gate) {
        this.gate = gate;
    }

    boolean hasGranted() {
        return !granted.isEmpty();
    }

    /** Instances that wait. */
    int waiting() {
        return waiting.size();
    }

    /** Instances that wait, or were granted and not lent. */
    int held() {
        return waiting.size() + granted.size();
    }

    @Nullable
    PoolInstance pollGranted() {
        return granted.poll();
    }

    /** Of several idle instances the one whose turn is first; of those whose turn it is together, the first. */
    PoolInstance nextTurn(Deque<PoolInstance> idle) {
        ResourceGate asked = gate;
        return asked == null
                ? idle.element()
                : idle.stream()
                        .min(Comparator.comparingLong(each -> asked.turn(Objects.requireNonNull(each.claim()))))
                        .orElseThrow();
    }

    /** Takes what an instance needs, or has it wait. */
    boolean tryTake(PoolInstance instance) {
        Claim claim = instance.claim();
        if (gate == null || claim == null || gate.tryTake(claim)) {
            return true;
        }
        waiting.add(instance);
        return false;
    }

    void collectGranted() {
        if (gate == null) {
            return;
        }
        for (Iterator<PoolInstance> each = waiting.iterator(); each.hasNext(); ) {
            PoolInstance instance = each.next();
            if (gate.isGranted(Objects.requireNonNull(instance.claim()))) {
                each.remove();
                granted.add(instance);
            }
        }
    }

    /** Gives back what an instance had for a run. */
    void ran(PoolInstance instance) {
        Claim claim = instance.claim();
        if (gate != null && claim != null) {
            gate.ran(claim);
        }
    }

    /** Gives back what an instance has, or waits for, and did not use. */
    void leave(PoolInstance instance) {
        Claim claim = instance.claim();
        if (gate != null && claim != null) {
            gate.leave(claim);
        }
    }

    /** Has no instance wait, or have anything, that is not lent; these are idle now. */
    List<PoolInstance> leaveAll() {
        if (held() == 0) {
            return List.of();
        }
        List<PoolInstance> left = new ArrayList<>(waiting);
        left.addAll(granted);
        waiting.clear();
        granted.clear();
        left.forEach(this::leave);
        return left;
    }

    /** Forgets what instances need, and gives back what they have. */
    void unregister(Collection<PoolInstance> instances) {
        if (gate != null) {
            gate.unregister(instances.stream()
                    .map(PoolInstance::claim)
                    .filter(Objects::nonNull)
                    .toList());
        }
    }

    void settle() {
        if (gate != null) {
            gate.settle();
        }
    }
}
