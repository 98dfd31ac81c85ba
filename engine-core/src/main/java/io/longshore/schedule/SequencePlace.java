package io.longshore.schedule;

import java.util.LinkedHashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** An instance as {@link SequenceSlots} sees it: its slots, and what it could run next. Not thread-safe. */
final class SequencePlace {
    private final int index;
    private final int slots;
    private final Set<SequenceLine> lines = new LinkedHashSet<>();
    private final NavigableMap<Long, SequenceLine> ready = new TreeMap<>();
    private boolean busy;
    private boolean alive = true;

    SequencePlace(int index, int slots) {
        this.index = index;
        this.slots = slots;
    }

    int index() {
        return index;
    }

    /** Who has its slots. */
    Set<SequenceLine> lines() {
        return lines;
    }

    /** Lines with a request to run, by the number of that request. */
    NavigableMap<Long, SequenceLine> ready() {
        return ready;
    }

    int freeSlots() {
        return alive ? slots - lines.size() : 0;
    }

    boolean isBusy() {
        return busy;
    }

    void busy(boolean value) {
        busy = value;
    }

    boolean isAlive() {
        return alive;
    }

    void die() {
        alive = false;
    }
}
