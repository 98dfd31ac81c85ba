package io.longshore.schedule;

import io.longshore.spi.BackendInstance;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The idle instances of one model version. The one used last is lent first, since its memory is still in the caches. Not
 * thread-safe: its scheduler guards it.
 */
final class InstancePool {
    private final Deque<BackendInstance> idle;
    private int alive;

    InstancePool(Collection<BackendInstance> instances) {
        idle = new ArrayDeque<>(instances);
        alive = idle.size();
    }

    /** Lends an idle instance, or null. */
    @Nullable
    BackendInstance lease() {
        return idle.pollFirst();
    }

    /** Takes a lent instance back, or a new one in place of a lost one. */
    void giveBack(BackendInstance instance) {
        idle.addFirst(instance);
    }

    /** Counts a lent instance as lost for good. */
    void lose() {
        alive--;
    }

    /** Instances that are idle or lent. */
    int alive() {
        return alive;
    }

    int idleCount() {
        return idle.size();
    }
}
