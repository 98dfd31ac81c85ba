package io.longshore.web.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.MemoryBudget;
import io.longshore.tensor.MemoryBudgetExceededException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the transport holds of one call's messages until they are read. gRPC gathers a message whole before anybody sees
 * it, gives the flow-control window back meanwhile, and takes 2 GiB for each of any number of calls; so the bytes count in the
 * server's budget as they arrive, and a message that does not fit ends its call with UNAVAILABLE.
 *
 * <p>The first {@value #UNCOUNTED_BYTES} bytes of a message are free, so that a small one costs a comparison; calls per
 * connection bound them. A message counts until its call has read it, where the call tells, else until the call's end.
 * Thread-safe: bytes come on the transport's thread, and are read on another.
 */
final class InboundMemory extends ServerStreamTracer {
    /** One frame of HTTP/2, unless the two sides agree on another size. */
    static final int UNCOUNTED_BYTES = 16 << 10;

    private static final Context.Key<InboundMemory> CURRENT = Context.key("inbound memory");

    private final MemoryBudget budget;
    /** What counted messages hold that came whole and are not read. */
    private @Nullable Deque<Held> unread;

    private int arrived;
    private int read;
    private long bytes;
    private volatile boolean large;
    private long counted;
    private boolean closed;

    /** What a message holds, which was the call's {@code number}th. */
    private record Held(int number, long byteSize) {}

    private InboundMemory(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Counts the messages of every call. */
    static ServerStreamTracer.Factory factory(MemoryBudget budget) {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                return new InboundMemory(budget);
            }
        };
    }

    /** That of the call which begins on this thread; null outside of one. */
    static @Nullable InboundMemory current() {
        return CURRENT.get();
    }

    /** Whether all messages that came so far were small enough to be free. */
    boolean isSmall() {
        return !large;
    }

    /** Notes that a call has read its next message and let go of it. */
    static void messageRead(@Nullable InboundMemory call) {
        if (call != null) {
            call.messageRead();
        }
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(CURRENT, this);
    }

    /**
     * Counts bytes of the message that is under way.
     *
     * @throws io.grpc.StatusRuntimeException if they do not fit, which ends the call as gRPC ends one with too large a message
     */
    @Override
    public synchronized void inboundWireSize(long more) {
        bytes += more;
        long uncounted = bytes - UNCOUNTED_BYTES - counted;
        if (uncounted <= 0 || closed) {
            return;
        }
        try {
            budget.reserve(uncounted);
            counted += uncounted;
        } catch (MemoryBudgetExceededException e) {
            Status full =
                    GrpcStatus.of(new InferenceException(ErrorCode.UNAVAILABLE, String.valueOf(e.getMessage()), e));
            throw full.asRuntimeException();
        }
    }

    /** The message is whole. */
    @Override
    public synchronized void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
        arrived++;
        if (bytes > UNCOUNTED_BYTES) {
            large = true;
        }
        if (counted > 0) {
            if (unread == null) {
                unread = new ArrayDeque<>();
            }
            unread.add(new Held(arrived, counted));
        }
        bytes = 0;
        counted = 0;
    }

    private synchronized void messageRead() {
        read++;
        if (unread != null && !unread.isEmpty() && unread.peek().number() == read) {
            budget.giveBack(unread.remove().byteSize());
        }
    }

    @Override
    public synchronized void streamClosed(Status status) {
        closed = true;
        budget.giveBack(counted);
        counted = 0;
        if (unread != null) {
            unread.forEach(held -> budget.giveBack(held.byteSize()));
            unread.clear();
        }
    }
}
