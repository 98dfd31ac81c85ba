package io.longshore.schedule;

import io.longshore.inference.Delayer;
import io.longshore.inference.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sees which of a model's instances have been at work on one execution for too long without an answer. An execution costs
 * two writes: one timer for all instances is set when something begins while none is set, looks once what is late by then,
 * and stays off where nothing runs. Thread-safe.
 */
public final class StuckWatch {
    private static final Logger LOG = System.getLogger(StuckWatch.class.getName());
    /** In the place of a time: nothing runs. */
    private static final long IDLE = 0;

    private final String modelName;
    private final long limit;
    private final @Nullable Delayer delayer;
    private final Ticker ticker;
    private final List<Place> places = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private Runnable cancelTimer = () -> {};
    /** Whether what begins need not see to a timer. Written under the lock. */
    private volatile boolean armed;
    /** Written under the lock. */
    private final AtomicInteger stuck = new AtomicInteger();

    private volatile Runnable onChange = () -> {};

    private StuckWatch(String modelName, long limit, @Nullable Delayer delayer, Ticker ticker) {
        this.modelName = modelName;
        this.limit = limit;
        this.delayer = delayer;
        this.ticker = ticker;
        this.armed = delayer == null;
    }

    /**
     * A watch over one model version.
     *
     * @param limit how long an execution may take until its first answer, and from one answer to the next; positive
     * @param delayer on the clock of {@code ticker}
     */
    public static StuckWatch of(String modelName, Duration limit, Delayer delayer, Ticker ticker) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("a limit is positive, got " + limit);
        }
        return new StuckWatch(modelName, limit.toNanos(), delayer, ticker);
    }

    /** A watch to which nothing is ever stuck. */
    public static StuckWatch blind() {
        return new StuckWatch("", 0, null, Ticker.SYSTEM);
    }

    /** A place for one more instance. */
    Place newPlace() {
        Place place = new Place();
        places.add(place);
        return place;
    }

    /** Takes out the place of an instance that is lost. */
    void remove(Place place) {
        place.end();
        places.remove(place);
    }

    /** One instance under watch. Its calls come one after the other. */
    final class Place {
        private volatile long since = IDLE;
        /** Written under the watch's lock. */
        private volatile boolean isStuck;

        /** Says that an execution begins. */
        void begin(long now) {
            since = timeOf(now);
            // After the write above: either this sees that no timer is set, or the timer sees what has begun.
            if (!armed) {
                arm(now + limit);
            }
        }

        /** Says that the execution has given an answer that is not its last. */
        void progress() {
            since = timeOf(ticker.nanos());
            settle();
        }

        /** Says that the execution is over. */
        void end() {
            since = IDLE;
            settle();
        }

        private void settle() {
            if (isStuck) {
                recovered(this);
            }
        }
    }

    private static long timeOf(long now) {
        return now == IDLE ? now + 1 : now;
    }

    private void arm(long at) {
        synchronized (lock) {
            if (armed || delayer == null) {
                return;
            }
            armed = true;
            try {
                cancelTimer = delayer.schedule(this::look, at);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "the server is stopping, so model '" + modelName + "' is not watched any more", e);
            }
        }
    }

    /** Marks what is late, and sets the timer for what may be next. */
    private void look() {
        OptionalLong next;
        boolean changed;
        synchronized (lock) {
            // Before the look: what begins from here on is seen, or sets the timer itself.
            armed = false;
            int before = stuck.get();
            next = markLate(ticker.nanos());
            changed = stuck.get() != before;
        }
        if (next.isPresent()) {
            arm(next.getAsLong());
        }
        if (changed) {
            LOG.log(Level.WARNING, "{0}; a thread dump of the server tells where", reason());
            onChange.run();
        }
    }

    /** When the next may be late; empty where nothing runs, or only what is late already. Under the lock. */
    private OptionalLong markLate(long now) {
        long next = Long.MAX_VALUE;
        for (Place place : places) {
            long since = place.since;
            if (since == IDLE || place.isStuck) {
                continue;
            }
            long left = since + limit - now;
            if (left > 0) {
                next = Math.min(next, left);
            } else if (!mark(place, since)) {
                next = Math.min(next, limit);
            }
        }
        return next == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(now + next);
    }

    private boolean mark(Place place, long since) {
        place.isStuck = true;
        // Either this sees that the execution has ended meanwhile, or its end sees the mark.
        if (place.since != since) {
            place.isStuck = false;
            return false;
        }
        stuck.incrementAndGet();
        return true;
    }

    private void recovered(Place place) {
        synchronized (lock) {
            if (!place.isStuck) {
                return;
            }
            place.isStuck = false;
            stuck.decrementAndGet();
        }
        LOG.log(
                Level.INFO,
                "model ''{0}'': an instance that seemed stuck works again; stuck now: {1} of {2}",
                modelName,
                stuck.get(),
                places.size());
        onChange.run();
    }

    /** Instances that are stuck at this moment. */
    int stuck() {
        return stuck.get();
    }

    /** Which model is stuck, with how many instances and for how long; empty where none is. */
    String reason() {
        if (stuck.get() == 0) {
            return "";
        }
        long now = ticker.nanos();
        long longest = places.stream()
                .filter(place -> place.isStuck)
                .mapToLong(place -> now - place.since)
                .max()
                .orElse(limit);
        return "model '" + modelName + "' is stuck: " + stuck.get() + " of " + places.size()
                + " instances at work on one"
                + " execution for " + seconds(longest) + " s without an answer, which is longer than "
                + seconds(limit) + " s";
    }

    private static String seconds(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        return millis % 1000 == 0 || millis > 10_000 ? String.valueOf(millis / 1000) : String.valueOf(millis / 1000.0);
    }

    /** Has a listener called after each change of what {@link #reason} says. */
    void onChange(Runnable listener) {
        onChange = listener;
    }

    /** Sets no timer any more. */
    void close() {
        synchronized (lock) {
            armed = true;
            cancelTimer.run();
        }
    }
}
