package io.longshore.web.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Says on which threads calls are served. A unary inference with small messages is served on the event loop that reads it, since
 * waking another thread costs more than a small model; the engine decides whether the model itself runs there. What would keep the
 * loop, and so other calls, is left to the calls' own threads: large messages, compressed ones, streams, and everything that may
 * touch a disk. Thread-safe.
 */
final class CallThreads implements ServerCallExecutorSupplier {
    /** Looks a method up on the thread that is there, which takes less than to wake another. */
    static final Executor OF_LOOKUP = Runnable::run;

    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);
    private static final String UNCOMPRESSED = "identity";

    private final String inference;
    private final Executor calls;

    /**
     * @param inference the full name of the method that may be served on loops
     * @param calls the calls' own threads
     */
    CallThreads(String inference, Executor calls) {
        this.inference = inference;
        this.calls = calls;
    }

    @Override
    public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
        InboundMemory inbound = InboundMemory.current();
        return inbound != null
                        && call.getMethodDescriptor().getFullMethodName().equals(inference)
                        && isUncompressed(headers.get(ENCODING))
                ? task -> run(task, inbound)
                : calls;
    }

    private static boolean isUncompressed(@Nullable String encoding) {
        return encoding == null || encoding.equals(UNCOMPRESSED);
    }

    /** Runs what a call has to do next; gRPC gives one such thing at a time, whatever the thread. */
    private void run(Runnable task, InboundMemory inbound) {
        if (LoopThread.isCurrent() && inbound.isSmall()) {
            task.run();
        } else {
            calls.execute(task);
        }
    }
}
