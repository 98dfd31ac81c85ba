package io.longshore.schedule;

import io.longshore.model.RateLimit;
import io.longshore.spi.BackendException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the instances of one model version take while they run, each as the group says that it belongs to. To be closed where no
 * scheduler gets it. Thread-safe.
 */
public final class InstanceClaims implements AutoCloseable {
    /** Nothing is limited. */
    public static final InstanceClaims NONE = new InstanceClaims(null, List.of());

    private final @Nullable ResourceGate gate;
    private final List<Claim> claims;

    private InstanceClaims(@Nullable ResourceGate gate, List<Claim> claims) {
        this.gate = gate;
        this.claims = List.copyOf(claims);
    }

    /**
     * Registers instances.
     *
     * @param limits what each takes, in the order of the instances, all of which run on the CPU
     * @throws BackendException in Triton's words, if one could never run
     */
    public static InstanceClaims register(ResourceGate gate, List<RateLimit> limits) throws BackendException {
        List<Claim> claims =
                limits.stream().map(limit -> new Claim(limit, Claim.CPU)).toList();
        Optional<String> problem = gate.register(claims);
        if (problem.isPresent()) {
            throw new BackendException(problem.get());
        }
        return new InstanceClaims(gate, claims);
    }

    @Nullable
    ResourceGate gate() {
        return gate;
    }

    /** What an instance takes; null where nothing is limited. */
    @Nullable
    Claim of(int number) {
        return gate == null ? null : claims.get(number);
    }

    /** Names what is called, without a lock, when an instance that waited may run. Before any asks. */
    void onGrant(Runnable listener) {
        claims.forEach(claim -> claim.onGrant(listener));
    }

    /** Takes what an instance needs if it is free; else the instance waits. To be settled. */
    boolean tryTake(int number) {
        return gate == null || gate.tryTake(claims.get(number));
    }

    /** Takes back what an instance had for a run. To be settled. */
    void ran(int number) {
        if (gate != null) {
            gate.ran(claims.get(number));
        }
    }

    /** Has an instance neither wait nor have anything. To be settled. */
    void leave(int number) {
        if (gate != null) {
            gate.leave(claims.get(number));
        }
    }

    /** Tells the instances of other models what was given back. Not under a lock. */
    void settle() {
        if (gate != null) {
            gate.settle();
        }
    }

    /** Forgets the instances, none of which runs any more. */
    @Override
    public void close() {
        if (gate != null) {
            gate.unregister(claims);
            settle();
        }
    }
}
