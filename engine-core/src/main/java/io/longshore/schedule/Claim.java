package io.longshore.schedule;

import io.longshore.model.RateLimit;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What one instance takes while it runs, and where it stands with the {@link RateLimiter} that it belongs to. */
final class Claim {
    /** The number of a CPU among the devices: Triton counts what runs on the CPU as on device 0. */
    static final int CPU = 0;

    /** In the place of a device: all of them together. */
    static final int GLOBAL = -1;

    private final Map<Resource, Long> needs;
    private final int priority;

    /** Written by the limiter. */
    private State state = State.UNKNOWN;

    private long turn;
    private long ticket;
    private volatile Runnable onGrant = () -> {};

    /** Where it stands. */
    enum State {
        /** Not registered. */
        UNKNOWN,
        IDLE,
        WAITING,
        /** It has what it needs. */
        GRANTED
    }

    /**
     * Something that there is a limited number of.
     *
     * @param device its number, or {@link #GLOBAL}
     */
    record Resource(String name, int device) {}

    /** @param device that on which the instance runs */
    Claim(RateLimit limit, int device) {
        Map<Resource, Long> byResource = new HashMap<>();
        limit.resources()
                .forEach(each ->
                        byResource.put(new Resource(each.name(), each.global() ? GLOBAL : device), each.count()));
        this.needs = Map.copyOf(byResource);
        this.priority = limit.priority();
    }

    /** What it takes. */
    Map<Resource, Long> needs() {
        return needs;
    }

    /** The resources it takes. */
    Stream<Resource> resources() {
        return needs.keySet().stream();
    }

    State state() {
        return state;
    }

    void become(State next) {
        state = next;
    }

    /** When it is its turn: the lowest is the next. */
    long turn() {
        return turn;
    }

    /** Which of two of the same turn came first. */
    long ticket() {
        return ticket;
    }

    /** Begins to wait, not before those whose turn it is now, however long it has not asked. */
    void await(long now, long number) {
        turn = Math.max(turn, now);
        ticket = number;
    }

    /** Has had its turn; the next is so much later as its priority says. */
    void hadTurn() {
        turn += priority;
    }

    /** Names what is told when it is granted while it waits; before it waits. */
    void onGrant(Runnable listener) {
        onGrant = listener;
    }

    Runnable onGrant() {
        return onGrant;
    }
}
