package io.longshore.schedule;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who waited for something that all models share that they have it now: one after the other, without a lock, and
 * by one thread at a time, since whoever is told may give something back and so bring about the next grant. Thread-safe.
 *
 * @param <G> what was granted
 */
final class GrantTeller<G> {
    private static final Logger LOG = System.getLogger(GrantTeller.class.getName());

    private final Supplier<@Nullable G> grants;
    private final Consumer<G> tell;
    private boolean telling;

    /**
     * @param grants takes the next grant that nobody was told of, or gives null; may take locks under which nobody calls
     *     {@link #settle}
     * @param tell tells one
     */
    GrantTeller(Supplier<@Nullable G> grants, Consumer<G> tell) {
        this.grants = grants;
        this.tell = tell;
    }

    /** Tells all who were granted something by now. Not under a lock; at once, unless another thread is at it. */
    void settle() {
        for (G next = next(true); next != null; next = next(false)) {
            try {
                tell.accept(next);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "a model could not be told that it may run", e);
            }
        }
    }

    private synchronized @Nullable G next(boolean begin) {
        if (begin && telling) {
            return null;
        }
        G next = grants.get();
        telling = next != null;
        return next;
    }
}
