package io.longshore.web.grpc;

import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;

/** A thread of an event loop, which many connections share: what keeps it busy keeps all of them waiting. */
final class LoopThread extends FastThreadLocalThread {
    private LoopThread(ThreadGroup group, Runnable target, String name) {
        super(group, target, name);
    }

    /** Makes the threads of a group of loops. */
    static ThreadFactory factory(String name) {
        return new DefaultThreadFactory(name, true) {
            @Override
            protected Thread newThread(Runnable target, String threadName) {
                return new LoopThread(threadGroup, target, threadName);
            }
        };
    }

    /** Whether the calling thread is one. */
    static boolean isCurrent() {
        return Thread.currentThread() instanceof LoopThread;
    }
}
