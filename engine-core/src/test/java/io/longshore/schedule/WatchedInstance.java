package io.longshore.schedule;

import io.longshore.spi.BackendInstance;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import java.util.concurrent.atomic.AtomicInteger;

/** An instance that counts whether it is open, and each use of it that is none of a well-behaved scheduler's. */
abstract class WatchedInstance implements BackendInstance {
    private final AtomicInteger open;
    private final AtomicInteger misuses;
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean closed;

    /**
     * @param open instances that are not closed, this one among them from now on
     * @param misuses uses of closed or busy instances
     */
    WatchedInstance(AtomicInteger open, AtomicInteger misuses) {
        this.open = open;
        this.misuses = misuses;
        open.incrementAndGet();
    }

    /** Does an item. */
    abstract void run(ExecutionItem item);

    @Override
    public void execute(Execution execution) {
        if (closed || running.incrementAndGet() > 1) {
            misuses.incrementAndGet();
        }
        try {
            execution.items().forEach(this::run);
        } finally {
            running.decrementAndGet();
        }
    }

    @Override
    public void close() {
        if (closed) {
            misuses.incrementAndGet();
        }
        closed = true;
        open.decrementAndGet();
    }
}
