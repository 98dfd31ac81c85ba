package io.longshore.schedule;

import io.longshore.model.ResourceLimit;
import io.longshore.schedule.Claim.State;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The server's {@link RateLimiter} for the schedulers of all models. A scheduler asks under its own lock; whoever is granted
 * something later is told by {@link #settle}, which is called without a lock after each change. Thread-safe.
 */
public final class ResourceGate {
    private final RateLimiter limiter;
    private final Queue<Claim> untold = new ArrayDeque<>();
    private final GrantTeller<Claim> teller =
            new GrantTeller<>(this::nextGrant, claim -> claim.onGrant().run());

    /** @param limits how much there is of some resources */
    public ResourceGate(List<ResourceLimit> limits) {
        this.limiter = new RateLimiter(limits);
    }

    /** Takes in the claims of a model's instances; why they cannot be met, or empty. */
    synchronized Optional<String> register(List<Claim> claims) {
        return limiter.add(claims);
    }

    /** Forgets claims, and what they have. To be settled. */
    synchronized void unregister(List<Claim> claims) {
        claims.forEach(limiter::remove);
        untold.removeAll(claims);
    }

    /** Takes what a claim needs if that is free and its turn; else the claim waits. To be settled. */
    synchronized boolean tryTake(Claim claim) {
        limiter.ask(claim);
        untold.addAll(limiter.grant());
        if (claim.state() != State.GRANTED) {
            return false;
        }
        untold.remove(claim);
        return true;
    }

    /** When it is a claim's turn; the lowest is the next. */
    synchronized long turn(Claim claim) {
        return claim.turn();
    }

    /** Whether a claim that waited has what it needs. */
    synchronized boolean isGranted(Claim claim) {
        return claim.state() == State.GRANTED;
    }

    /** Takes back what a claim had for a run. To be settled, after it has asked again if it wants to. */
    synchronized void ran(Claim claim) {
        limiter.ran(claim);
    }

    /** Takes back what a claim has, or waits for, and does not need. To be settled. */
    synchronized void leave(Claim claim) {
        limiter.leave(claim);
        untold.remove(claim);
    }

    /** Tells all who were granted what they wait for. Not under a lock; at once, unless another thread is at it. */
    void settle() {
        teller.settle();
    }

    private synchronized @Nullable Claim nextGrant() {
        untold.addAll(limiter.grant());
        return untold.poll();
    }
}
