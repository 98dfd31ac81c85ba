package io.longshore.ejb.thread;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads of another factory under names that tell in a thread dump what they are for. Thread-safe. */
final class NamedThreads implements ThreadFactory {
    private final ThreadFactory source;
    private final String prefix;
    private final AtomicInteger count = new AtomicInteger();

    /** @param prefix the names are this and a number */
    NamedThreads(ThreadFactory source, String prefix) {
        this.source = source;
        this.prefix = prefix;
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = source.newThread(task);
        thread.setName(prefix + count.incrementAndGet());
        return thread;
    }
}
