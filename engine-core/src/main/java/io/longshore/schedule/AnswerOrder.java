package io.longshore.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Has requests answered in the order in which they came, whichever is ready first. Each takes a place when it comes, and
 * tells its answer there or leaves without; an answer waits until all places before it are told or left.
 *
 * <p>Thread-safe. One thread at a time tells answers, and what becomes ready meanwhile is told by that thread; the lock is not
 * held while it does.
 */
final class AnswerOrder {
    /** From the oldest that is still open; guarded by itself. */
    private final Deque<Place> places = new ArrayDeque<>();

    private boolean telling;

    /** Takes the place behind all others. */
    Place enter() {
        Place place = new Place();
        synchronized (places) {
            places.add(place);
        }
        return place;
    }

    /** Answers that wait for one before them; for tests. */
    int held() {
        synchronized (places) {
            return (int) places.stream().filter(place -> place.settled).count();
        }
    }

    /** The place of one request. */
    final class Place {
        /** Both guarded by the places. */
        private boolean settled;

        private @Nullable Runnable answer;

        /** Runs the answer when its turn has come: now, or on the thread that tells the last answer before it. */
        void tell(Runnable told) {
            settle(told);
        }

        /** Gives the place up, if nothing was told there. */
        void leave() {
            settle(null);
        }

        private void settle(@Nullable Runnable told) {
            synchronized (places) {
                if (settled) {
                    return;
                }
                settled = true;
                answer = told;
            }
            tellReady();
        }
    }

    private void tellReady() {
        for (Runnable next = next(true); next != null; next = next(false)) {
            next.run();
        }
    }

    /** The next answer to tell; null where there is none, or where another thread is at it. */
    private @Nullable Runnable next(boolean begins) {
        synchronized (places) {
            if (begins && telling) {
                return null;
            }
            telling = true;
            while (!places.isEmpty() && places.element().settled) {
                Runnable answer = places.remove().answer;
                if (answer != null) {
                    return answer;
                }
            }
            telling = false;
            return null;
        }
    }
}
