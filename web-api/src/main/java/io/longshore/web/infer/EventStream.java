package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ResponseSink;
import io.longshore.web.http.AnswerWriter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The responses of one request on their way to a client that takes them one after the other. Whoever brings one leaves it
 * here and goes on; a thread of the {@link AnswerWriter} writes while there is something to write, and may have to wait for
 * the client. Responses that wait stay in the engine's memory, whose budget then refuses requests.
 *
 * <p>The request is withdrawn when the client is gone, which shows at a write at the latest, or leaves too many responses
 * unread. Thread-safe; no lock is held while anything is written or withdrawn.
 */
final class EventStream implements ResponseSink {
    /** Responses that may wait for the client. Their tensors count in the engine's budget, they themselves do not. */
    static final int MOST_UNREAD = 1 << 14;

    private static final Logger LOG = System.getLogger(EventStream.class.getName());

    private final EventOutput output;
    private final AnswerWriter writer;
    private final Deque<Event> waiting = new ArrayDeque<>();
    private InferenceCall call = () -> {};
    private boolean ended;
    private boolean withdrawn;
    private boolean writing;
    private boolean closed;

    /** One thing to write: a response, or else a failure. */
    private record Event(
            @Nullable InferenceResponse response, @Nullable InferenceException failure) {
        void release() {
            if (response != null) {
                response.release();
            }
        }
    }

    EventStream(EventOutput output, AnswerWriter writer) {
        this.output = output;
        this.writer = writer;
    }

    /** What withdraws the request. To be told as soon as it is known. */
    void startedBy(InferenceCall started) {
        synchronized (this) {
            call = started;
            if (!withdrawn) {
                return;
            }
        }
        started.cancel();
    }

    @Override
    public void onResponse(InferenceResponse response, boolean isFinal) {
        Event event = isFinal && response.outputs().isEmpty() ? null : new Event(response, null);
        if (event == null) {
            response.release();
        }
        if (!add(event, isFinal)) {
            fail(new InferenceException(
                    ErrorCode.UNAVAILABLE, "the client has left " + MOST_UNREAD + " responses of the stream unread"));
        }
    }

    @Override
    public void onError(InferenceException failure) {
        add(new Event(null, failure), true);
    }

    /** False if too many wait. */
    private boolean add(@Nullable Event event, boolean isLast) {
        synchronized (this) {
            if (closed || ended) {
                if (event != null) {
                    event.release();
                }
                return true;
            }
            if (event != null && waiting.size() >= MOST_UNREAD) {
                event.release();
                return false;
            }
            if (event != null) {
                waiting.add(event);
            }
            ended = isLast;
            if (writing) {
                return true;
            }
            writing = true;
        }
        if (!writer.run(this::write)) {
            output.failBeforeWriting(new InferenceException(
                    ErrorCode.UNAVAILABLE, "too many answers wait for their clients; retry later"));
            abandon();
        }
        return true;
    }

    /** Drops what waits and withdraws the request; the client gets the failure in their place. */
    private void fail(InferenceException failure) {
        InferenceCall started = drop();
        add(new Event(null, failure), true);
        started.cancel();
    }

    /** Nobody reads any more: drops what waits and withdraws the request. Does nothing after the end. */
    void abandon() {
        InferenceCall started;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            started = drop();
        }
        started.cancel();
    }

    /** Drops what waits; gives what withdraws the request. */
    private synchronized InferenceCall drop() {
        waiting.forEach(Event::release);
        waiting.clear();
        withdrawn = true;
        return call;
    }

    /** Writes what waits, on a thread that may wait for the client. */
    private void write() {
        try {
            for (Event next = next(); next != null; next = next()) {
                write(next);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the client went away before its stream had ended", e);
            abandon();
            output.end();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a stream broke off because of a defect", e);
            abandon();
            output.end();
        }
    }

    /** What to write next; null where there is nothing now, or nothing any more, which ends the output. */
    private @Nullable Event next() throws IOException {
        synchronized (this) {
            Event next = waiting.poll();
            if (next != null) {
                return next;
            }
            writing = false;
            if (!ended || closed) {
                return null;
            }
            closed = true;
        }
        output.finish();
        return null;
    }

    private void write(Event event) throws IOException {
        InferenceResponse response = event.response();
        if (response != null) {
            output.write(response);
        } else if (event.failure() != null) {
            output.write(event.failure());
        }
    }
}
