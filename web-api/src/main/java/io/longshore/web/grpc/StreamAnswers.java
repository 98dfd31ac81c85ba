package io.longshore.web.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.longshore.protocol.grpc.EncodedMessage;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one stream on their way out: kept in order, handed to the transport only while it has room, and dropped
 * once the client has gone. Thread-safe; nothing waits under its lock, and no request is cancelled under it.
 */
final class StreamAnswers {
    /** Requests of one stream that may be unanswered. */
    static final int MOST_OPEN = 256;

    /** Responses that may wait for the client to read. Their tensors count in the engine's budget, they themselves do not. */
    static final int MOST_UNREAD = 1 << 14;

    private final ServerCall<InputStream, EncodedMessage> call;
    /** Requests without an end. */
    private final Set<StreamedRequest> open = new LinkedHashSet<>();
    /** Those that must be answered in their order, as long as something of them is to be sent. */
    private final Deque<StreamedRequest> inOrder = new ArrayDeque<>();
    /** Messages that wait for nothing but the client's reading. */
    private final Deque<EncodedMessage> ready = new ArrayDeque<>();

    /** What the transport has copied and not written: it stays in the engine's budget, since the transport has none. */
    private @Nullable EncodedMessage unwritten;

    private boolean wantsRequest;
    private boolean lastRequestTaken;
    private boolean closed;

    StreamAnswers(ServerCall<InputStream, EncodedMessage> call) {
        this.call = call;
    }

    /** Notes a request; false if the stream has ended. */
    synchronized boolean add(StreamedRequest request) {
        if (closed) {
            return false;
        }
        open.add(request);
        if (!request.isDecoupled()) {
            inOrder.add(request);
        }
        return true;
    }

    /** Takes a message of a request, which is closed here; false if the client has left too many unread. */
    synchronized boolean offer(StreamedRequest request, EncodedMessage message) {
        if (closed || !open.contains(request)) {
            message.close();
            return true;
        }
        if (ready.size() >= MOST_UNREAD) {
            message.close();
            return false;
        }
        (isNext(request) ? ready : request.waiting()).add(message);
        flush();
        return true;
    }

    /** Notes that a request has had its end. */
    synchronized void ended(StreamedRequest request) {
        open.remove(request);
        while (!inOrder.isEmpty() && !open.contains(inOrder.peek())) {
            inOrder.remove();
            if (!inOrder.isEmpty()) {
                ready.addAll(inOrder.peek().waiting());
                inOrder.peek().waiting().clear();
            }
        }
        flush();
    }

    /** Asks for a next request as soon as there is room for one. */
    synchronized void requestNext() {
        wantsRequest = true;
        goOn();
    }

    /** Notes that no request follows. */
    synchronized void noMoreRequests() {
        lastRequestTaken = true;
        goOn();
    }

    /** Sends what the transport has room for. */
    synchronized void flush() {
        while (!closed && !ready.isEmpty() && call.isReady()) {
            unwrittenWasSent();
            unwritten = ready.remove();
            call.sendMessage(unwritten);
        }
        if (call.isReady()) {
            unwrittenWasSent();
        }
        goOn();
    }

    /** The transport has room, so of the last message it holds little or nothing any more. */
    private void unwrittenWasSent() {
        EncodedMessage written = unwritten;
        unwritten = null;
        if (written != null) {
            written.close();
        }
    }

    /** The stream is over, and the transport holds nothing of it. */
    synchronized void transportIsDone() {
        unwrittenWasSent();
    }

    /** Ends the stream with a status, unless it has ended; what is unsent is dropped and what runs is cancelled. */
    void end(Status status) {
        List<StreamedRequest> running;
        synchronized (this) {
            if (closed) {
                return;
            }
            running = drop();
            call.close(status, new Metadata());
        }
        running.forEach(StreamedRequest::cancel);
    }

    /** The client has gone. */
    void cancel() {
        List<StreamedRequest> running;
        synchronized (this) {
            running = drop();
        }
        running.forEach(StreamedRequest::cancel);
    }

    private List<StreamedRequest> drop() {
        closed = true;
        ready.forEach(EncodedMessage::close);
        ready.clear();
        for (StreamedRequest request : inOrder) {
            request.waiting().forEach(EncodedMessage::close);
            request.waiting().clear();
        }
        inOrder.clear();
        List<StreamedRequest> running = List.copyOf(open);
        open.clear();
        return running;
    }

    private boolean isNext(StreamedRequest request) {
        return request.isDecoupled() || inOrder.peek() == request;
    }

    private void goOn() {
        if (closed || !ready.isEmpty()) {
            return;
        }
        if (lastRequestTaken && open.isEmpty()) {
            closed = true;
            call.close(Status.OK, new Metadata());
        } else if (wantsRequest && open.size() < MOST_OPEN) {
            wantsRequest = false;
            call.request(1);
        }
    }
}
