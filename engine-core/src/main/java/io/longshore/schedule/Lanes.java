package io.longshore.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What waits, by rank and within a rank by arrival; each can be taken out wherever it stands, in constant time. Pure and not
 * thread-safe.
 */
final class Lanes<T> {
    private final TreeMap<Integer, Lane<T>> byRank = new TreeMap<>();
    private int size;
    private long rows;

    /** What waits in one rank, with the sum of its rows. */
    private static final class Lane<T> {
        private final LinkedHashSet<Waiting<T>> waiting = new LinkedHashSet<>();
        private long rows;
    }

    void add(Waiting<T> waiting) {
        Lane<T> lane = byRank.computeIfAbsent(waiting.rank(), rank -> new Lane<>());
        lane.waiting.add(waiting);
        lane.rows += waiting.rows();
        size++;
        rows += waiting.rows();
    }

    /** Takes it out; false if it is not there. */
    boolean remove(Waiting<T> waiting) {
        Lane<T> lane = byRank.get(waiting.rank());
        if (lane == null || !lane.waiting.remove(waiting)) {
            return false;
        }
        lane.rows -= waiting.rows();
        size--;
        rows -= waiting.rows();
        return true;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    long rows() {
        return rows;
    }

    /** Rows of all in this rank and lower ones. */
    long rowsUpTo(int rank) {
        long sum = 0;
        for (Lane<T> lane : byRank.headMap(rank, true).values()) {
            sum += lane.rows;
        }
        return sum;
    }

    /** What waits in a rank; a view. */
    Collection<Waiting<T>> lane(int rank) {
        Lane<T> lane = byRank.get(rank);
        return lane == null ? List.of() : lane.waiting;
    }

    /** The first of each rank that has one, the lowest rank first. */
    List<Waiting<T>> heads() {
        List<Waiting<T>> heads = new ArrayList<>(byRank.size());
        for (Lane<T> lane : byRank.values()) {
            if (!lane.waiting.isEmpty()) {
                heads.add(lane.waiting.iterator().next());
            }
        }
        return heads;
    }

    /** Shows all in order to a visitor until that says false. Nothing may be added or taken out meanwhile. */
    void forEachWhile(Predicate<Waiting<T>> visitor) {
        for (Lane<T> lane : byRank.values()) {
            for (Waiting<T> waiting : lane.waiting) {
                if (!visitor.test(waiting)) {
                    return;
                }
            }
        }
    }

    /** When the one that waits longest arrived; there must be one. */
    long oldest() {
        boolean found = false;
        long oldest = 0;
        for (Waiting<T> head : heads()) {
            if (!found || head.arrived() - oldest < 0) {
                oldest = head.arrived();
                found = true;
            }
        }
        return oldest;
    }
}
