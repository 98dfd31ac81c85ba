package io.longshore.schedule;

import io.longshore.inference.Delayer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;

/**
 * One timer for whatever is due next. What is due later than the timer is set for leaves it as it is: it comes too early then and
 * is set anew, which costs less than setting it again for each request. Not thread-safe: its scheduler guards it.
 */
final class WakeupTimer {
    private static final Logger LOG = System.getLogger(WakeupTimer.class.getName());

    private final Delayer delayer;
    private final Runnable action;
    private Runnable cancel = () -> {};
    private OptionalLong setFor = OptionalLong.empty();

    /** @param action run when the time has come, on a thread of the delayer's; it begins by saying {@link #fired} */
    WakeupTimer(Delayer delayer, Runnable action) {
        this.delayer = delayer;
        this.action = action;
    }

    /**
     * Sees to it that the action runs by this time; empty = nothing is due.
     *
     * @return false where the delayer takes nothing any more
     */
    boolean set(OptionalLong due) {
        if (due.isEmpty() || (setFor.isPresent() && setFor.getAsLong() - due.getAsLong() <= 0)) {
            return true;
        }
        cancel();
        try {
            cancel = delayer.schedule(action, due.getAsLong());
            setFor = due;
            return true;
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping, so nothing waits for a time any more", e);
            return false;
        }
    }

    /** Notes that the action runs now. */
    void fired() {
        setFor = OptionalLong.empty();
    }

    /** Withdraws the timer if it is set. */
    void cancel() {
        cancel.run();
        setFor = OptionalLong.empty();
    }
}
