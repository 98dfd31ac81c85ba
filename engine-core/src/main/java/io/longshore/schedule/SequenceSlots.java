package io.longshore.schedule;

import io.longshore.inference.CorrelationId;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which request of which sequence runs next, and where: pure, it knows no thread and no clock. Not thread-safe; whoever owns
 * it guards it.
 *
 * <p>Every instance has a number of slots. A sequence takes a slot of the instance with most of them free, and keeps it to
 * its end; where none is free it waits in the backlog, first come first served. Of an instance's sequences the one whose
 * request arrived first runs next, one request at a time.
 *
 * <p>A sequence ends with its END request, when it was without a request for too long, when a START of its id comes behind
 * it, or when one of its requests failed or was withdrawn; then what waits of it is rejected. Rejections and releases are not
 * made here, under the owner's lock, but collected for {@link #takeUnsettled}.
 */
final class SequenceSlots {
    private final List<SequencePlace> places;
    private final int bound;
    private final long idleNanos;
    private final Map<CorrelationId, SequenceLine> lines = new HashMap<>();
    private final Set<SequenceLine> backlog = new LinkedHashSet<>();
    /** Lines without a request, in the order in which they became so. */
    private final Set<SequenceLine> idle = new LinkedHashSet<>();

    private List<Runnable> unsettled = new ArrayList<>();
    private int waiting;
    private long arrivals;
    private boolean ending;

    /** What became of an offered request. */
    enum Offer {
        TAKEN,
        /** It begins no sequence, and none of its id lives. */
        NOT_STARTED,
        /** As many requests wait as may. */
        FULL
    }

    /**
     * Empty slots.
     *
     * @param instances instances, numbered from 0
     * @param slots sequences that each has room for
     * @param bound requests that may wait, those in the backlog included
     * @param idleNanos how long a sequence may be without a request
     */
    SequenceSlots(int instances, int slots, int bound, long idleNanos) {
        this.places = IntStream.range(0, instances)
                .mapToObj(index -> new SequencePlace(index, slots))
                .toList();
        this.bound = bound;
        this.idleNanos = idleNanos;
    }

    /** Takes a request in, unless it has no place; then nothing has changed. */
    Offer offer(SequenceStep step, long now) {
        SequenceLine line = lines.get(step.id());
        if (!step.isStart() && (line == null || !line.isOpen())) {
            return Offer.NOT_STARTED;
        }
        if (waiting >= bound && !runsAtOnce(line, step)) {
            return Offer.FULL;
        }
        if (line == null) {
            line = new SequenceLine(step.id());
            lines.put(step.id(), line);
        }
        idle.remove(line);
        join(line, step);
        if (line.place() == null && !backlog.contains(line)) {
            enter(line);
        }
        advance(line, now);
        return Offer.TAKEN;
    }

    private boolean runsAtOnce(@Nullable SequenceLine line, SequenceStep step) {
        boolean goesOn = line != null && idle.contains(line) && !(step.isStart() && !backlog.isEmpty());
        SequencePlace place = line == null ? emptiest() : goesOn ? line.place() : null;
        return place != null && !place.isBusy() && place.ready().isEmpty();
    }

    private void join(SequenceLine line, SequenceStep step) {
        if (step.isStart()) {
            LiveSequence before = line.sequences().peekLast();
            if (before != null) {
                before.close();
            }
            line.sequences().add(new LiveSequence(line, step.request().hold().another()));
        }
        LiveSequence sequence = line.sequences().getLast();
        step.joined(sequence, arrivals++);
        sequence.waiting().add(step);
        waiting++;
        if (step.isEnd()) {
            sequence.close();
        }
    }

    /** Gives a new line a slot, or a place in the backlog. */
    private void enter(SequenceLine line) {
        SequencePlace free = emptiest();
        if (free == null) {
            backlog.add(line);
        } else {
            line.moveTo(free);
        }
    }

    private @Nullable SequencePlace emptiest() {
        return places.stream()
                .filter(place -> place.freeSlots() > 0)
                .max(Comparator.comparingInt(SequencePlace::freeSlots).thenComparingInt(place -> -place.index()))
                .orElse(null);
    }

    /** Brings a line to where it belongs after something of it has come or gone. */
    private void advance(SequenceLine line, long now) {
        boolean ended = dropEnded(line);
        LiveSequence first = line.first();
        if (first == null) {
            leave(line, now);
        } else if (line.place() == null || first.isRunning()) {
            // It waits for a slot, or for its own request.
            return;
        } else if (ended && !backlog.isEmpty()) {
            // It begins anew, so it stands in line like all others that begin.
            line.moveTo(null);
            backlog.add(line);
            fill(now);
        } else if (!first.waiting().isEmpty()) {
            line.ready(first.waiting().element().number());
        } else if (ending) {
            first.close();
            advance(line, now);
        } else {
            line.idleFrom(now);
            idle.add(line);
        }
    }

    /** Lets go of the sequences in front that are over; whether there were any. */
    private boolean dropEnded(SequenceLine line) {
        boolean any = false;
        for (LiveSequence first = line.first(); first != null && first.isOver(); first = line.first()) {
            unsettled.add(first::release);
            line.sequences().remove();
            any = true;
        }
        return any;
    }

    private void leave(SequenceLine line, long now) {
        lines.remove(line.id());
        backlog.remove(line);
        line.moveTo(null);
        fill(now);
    }

    /** Gives free slots to those who wait for one. */
    private void fill(long now) {
        for (SequencePlace free = emptiest(); free != null && !backlog.isEmpty(); free = emptiest()) {
            SequenceLine next = backlog.iterator().next();
            backlog.remove(next);
            next.moveTo(free);
            advance(next, now);
        }
    }

    /** Whether an instance is at work. */
    boolean isBusy(int instance) {
        return places.get(instance).isBusy();
    }

    /** Whether an instance that is not at work has a request to run now. */
    boolean hasNext(int instance) {
        SequencePlace place = places.get(instance);
        return !place.isBusy() && place.isAlive() && !place.ready().isEmpty();
    }

    /** Takes out the request that an instance is to run now; null where it runs one, or has none. */
    @Nullable
    SequenceStep next(int instance) {
        SequencePlace place = places.get(instance);
        if (!hasNext(instance)) {
            return null;
        }
        SequenceLine line = place.ready().firstEntry().getValue();
        line.unready();
        place.busy(true);
        waiting--;
        return Objects.requireNonNull(line.first()).begin();
    }

    /**
     * Says that a request which {@link #next} gave is over.
     *
     * @param failure why its sequence cannot go on; null where it can
     */
    void over(SequenceStep step, @Nullable InferenceException failure, long now) {
        LiveSequence sequence = Objects.requireNonNull(step.sequence());
        sequence.stepOver();
        Objects.requireNonNull(sequence.line().place()).busy(false);
        if (failure != null) {
            evict(sequence, failure);
        }
        advance(sequence.line(), now);
    }

    /** Takes a request that was withdrawn out, and its sequence with it; does nothing where it does not wait. */
    void withdraw(SequenceStep step, InferenceException reason, long now) {
        LiveSequence sequence = step.sequence();
        if (sequence == null || !sequence.waiting().remove(step)) {
            return;
        }
        waiting--;
        evict(sequence, reason);
        advance(sequence.line(), now);
    }

    /** Ends a sequence and rejects what waits of it. */
    private void evict(LiveSequence sequence, InferenceException reason) {
        if (sequence == sequence.line().first()) {
            sequence.line().unready();
        }
        sequence.close();
        idle.remove(sequence.line());
        for (SequenceStep step = sequence.waiting().poll();
                step != null;
                step = sequence.waiting().poll()) {
            waiting--;
            PendingRequest request = step.request();
            unsettled.add(() -> request.reject(reason));
        }
    }

    /** Ends the sequences that have been without a request for too long. */
    void expire(long now) {
        List<SequenceLine> expired = idle.stream()
                .takeWhile(line -> line.idleSince() + idleNanos - now <= 0)
                .toList();
        expired.forEach(line -> end(line, now));
    }

    /** When {@link #expire} has something to do at the earliest; empty while every sequence has a request. */
    OptionalLong nextExpiry() {
        return idle.stream()
                .limit(1)
                .mapToLong(line -> line.idleSince() + idleNanos)
                .findFirst();
    }

    /** Ends every sequence as soon as none of its requests waits any more. */
    void endIdle(long now) {
        ending = true;
        List.copyOf(idle).forEach(line -> end(line, now));
    }

    private void end(SequenceLine line, long now) {
        idle.remove(line);
        Objects.requireNonNull(line.first()).close();
        advance(line, now);
    }

    /**
     * Says that an instance broke, and with it what it knew of its sequences: those that have begun end. None of its
     * requests may run.
     *
     * @param replaced whether there is a new one in its place; else its slots are gone
     */
    void broke(int instance, boolean replaced, InferenceException reason, long now) {
        SequencePlace place = places.get(instance);
        if (!replaced) {
            place.die();
        }
        for (SequenceLine line : List.copyOf(place.lines())) {
            LiveSequence first = line.first();
            if (first != null && first.hasBegun()) {
                evict(first, reason);
                advance(line, now);
            }
        }
        if (!replaced) {
            abandon(place, reason, now);
        }
    }

    /** Sends those who had a slot of a lost instance back to the front of the backlog, or away where no instance is left. */
    private void abandon(SequencePlace place, InferenceException reason, long now) {
        List<SequenceLine> behind = List.copyOf(backlog);
        backlog.clear();
        backlog.addAll(place.lines());
        backlog.addAll(behind);
        List.copyOf(place.lines()).forEach(line -> line.moveTo(null));
        if (!isAlive()) {
            for (SequenceLine line : List.copyOf(backlog)) {
                List.copyOf(line.sequences()).forEach(sequence -> evict(sequence, reason));
                advance(line, now);
            }
        }
        fill(now);
    }

    /** Whether any instance is left. */
    boolean isAlive() {
        return places.stream().anyMatch(SequencePlace::isAlive);
    }

    /** Whether a request of this id that begins nothing would be taken. */
    boolean isLive(CorrelationId id) {
        SequenceLine line = lines.get(id);
        return line != null && line.isOpen();
    }

    /** Requests that wait. */
    int waiting() {
        return waiting;
    }

    /** Correlation ids with a slot. */
    int occupied() {
        return places.stream().mapToInt(place -> place.lines().size()).sum();
    }

    /** Correlation ids that wait for a slot. */
    int backlogged() {
        return backlog.size();
    }

    /** What is to be done once the owner's lock is released: rejections, and releases of what ended sequences held. */
    List<Runnable> takeUnsettled() {
        List<Runnable> taken = unsettled;
        unsettled = new ArrayList<>();
        return taken;
    }

    /** The end of a sequence that a request which was withdrawn takes along. */
    static InferenceException withdrawn(InferenceException withdrawal) {
        return withdrawal.code() == ErrorCode.DEADLINE_EXCEEDED
                ? withdrawal
                : new InferenceException(
                        withdrawal.code(), "an earlier request of the sequence was cancelled, which ends the sequence");
    }
}
