package io.longshore.web.grpc;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.protocol.grpc.EncodedMessage;
import io.longshore.protocol.grpc.ProtoInferEncoder;
import io.longshore.web.failure.Failures;
import io.longshore.web.trace.WireTrace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request of a stream: turns its responses and its failure into messages. Thread-safe. */
final class StreamedRequest implements ResponseSink {
    /** Says on each response whether it is its request's last. */
    static final String FINAL_RESPONSE = "triton_final_response";

    private static final Parameters LAST = Parameters.of(Map.of(FINAL_RESPONSE, true));
    private static final Parameters MORE = Parameters.of(Map.of(FINAL_RESPONSE, false));

    private final Head head;
    private final ProtoInferEncoder encoder;
    private final StreamInfer stream;
    private final StreamAnswers answers;
    private final WireTrace trace;
    private final Deque<EncodedMessage> waiting = new ArrayDeque<>();
    private @Nullable InferenceCall call;
    private boolean cancelled;

    /**
     * What of a request matters for its answers.
     *
     * @param id its id, or empty
     * @param model its model's name, or empty where it could not be read
     * @param decoupled whether its responses go out as they come, and may be any number
     * @param emptyFinalResponse whether an empty last response is sent, too
     */
    record Head(String id, String model, boolean decoupled, boolean emptyFinalResponse) {
        /** Of a request that could not be read. */
        static final Head UNKNOWN = new Head("", "", false, false);
    }

    StreamedRequest(Head head, ProtoInferEncoder encoder, StreamInfer stream, StreamAnswers answers, WireTrace trace) {
        this.head = head;
        this.encoder = encoder;
        this.stream = stream;
        this.answers = answers;
        this.trace = trace;
    }

    boolean isDecoupled() {
        return head.decoupled();
    }

    /** Messages behind those of an earlier request; the stream's answers' own, under their lock. */
    Deque<EncodedMessage> waiting() {
        return waiting;
    }

    /** Gives what withdraws the request. */
    void startedBy(InferenceCall started) {
        synchronized (this) {
            call = started;
            if (!cancelled) {
                return;
            }
        }
        started.cancel();
    }

    /** Withdraws the request, whether or not the engine has returned from taking it. */
    void cancel() {
        trace.end();
        InferenceCall started;
        synchronized (this) {
            cancelled = true;
            started = call;
        }
        if (started != null) {
            started.cancel();
        }
    }

    @Override
    public void onResponse(InferenceResponse response, boolean isFinal) {
        if (isFinal && response.outputs().isEmpty() && head.decoupled() && !head.emptyFinalResponse()) {
            response.release();
        } else if (!send(response, isFinal)) {
            return;
        }
        if (isFinal) {
            answers.ended(this);
            trace.end();
        }
    }

    /** False where that was the request's end. */
    private boolean send(InferenceResponse response, boolean isFinal) {
        trace.sending();
        EncodedMessage message;
        try {
            message = encoder.encodeStreamed(response, isFinal ? LAST : MORE);
        } catch (RuntimeException | OutOfMemoryError e) {
            response.release();
            cancel();
            onError(Failures.coded(e));
            return false;
        }
        if (!answers.offer(this, message)) {
            stream.fail(new InferenceException(
                    ErrorCode.UNAVAILABLE,
                    "the client has left " + StreamAnswers.MOST_UNREAD + " responses of the stream unread"));
            return false;
        }
        return true;
    }

    @Override
    public void onError(InferenceException failure) {
        Failures.log(failure, "stream infer " + head.model(), head.id());
        trace.sending();
        if (stream.endsAtErrors()) {
            stream.fail(failure);
        } else {
            answer(failure);
        }
        trace.end();
    }

    private void answer(InferenceException failure) {
        String text = failure.getMessage();
        answers.offer(this, encoder.encodeError(text.isEmpty() ? failure.code().name() : text, head.id()));
        answers.ended(this);
    }
}
