package io.longshore.engine;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.LogText;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.Tensor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Tells the log of a request's steps: at debug level (verbose level 1) that it came and how it ended, at trace level
 * (verbose level 2) also its inputs and each response. While neither is shown, a request costs the logger's look at its level
 * and nothing else. Thread-safe.
 */
final class RequestLog {
    private static final Logger LOG = System.getLogger(RequestLog.class.getName());

    private final Ticker ticker;

    /**
     * Made with the engine, so that its logger is there before the first request.
     *
     * @param ticker measures how long requests take
     */
    RequestLog(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Where the answers to a request are to go: to {@code sink} itself unless its steps are to be told. */
    ResponseSink watch(InferenceRequest request, ResponseSink sink) {
        return LOG.isLoggable(Level.DEBUG) ? told(request, sink) : sink;
    }

    private ResponseSink told(InferenceRequest request, ResponseSink sink) {
        String subject = "request" + id(request.id()) + " to model '" + name(request.model()) + "'";
        tell(Level.DEBUG, subject + " received");
        if (LOG.isLoggable(Level.TRACE)) {
            tell(Level.TRACE, subject + " has inputs " + tensors(request.inputs()));
        }
        return new Told(subject, sink, ticker, ticker.nanos());
    }

    private static String id(String id) {
        return id.isEmpty() ? "" : " '" + LogText.name(id) + "'";
    }

    private static String name(ModelSelector model) {
        String version = model instanceof ModelSelector.Exact exact
                ? "' version '" + exact.id().version()
                : "";
        return LogText.name(model.name()) + version;
    }

    private static String tensors(Iterable<Tensor> tensors) {
        StringBuilder text = new StringBuilder();
        for (Tensor tensor : tensors) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(LogText.name(tensor.name()))
                    .append(' ')
                    .append(tensor.type())
                    .append(' ')
                    .append(tensor.shape());
        }
        return text.toString();
    }

    /** The text is no pattern: it goes to the log as it is. */
    private static void tell(Level level, String text) {
        LOG.log(level, text);
    }

    /** Tells of each answer before it passes it on. */
    private record Told(String subject, ResponseSink sink, Ticker ticker, long since) implements ResponseSink {
        @Override
        public @Nullable InferenceException refusalOfDecoupled() {
            return sink.refusalOfDecoupled();
        }

        @Override
        public void onResponse(InferenceResponse response, boolean isFinal) {
            if (LOG.isLoggable(Level.TRACE)) {
                tell(Level.TRACE, subject + " has outputs " + tensors(response.outputs()));
            }
            if (isFinal) {
                tell(
                        Level.DEBUG,
                        subject + " answered by version " + response.model().version() + after());
            }
            sink.onResponse(response, isFinal);
        }

        @Override
        public void onError(InferenceException failure) {
            tell(Level.DEBUG, subject + " failed" + after() + ": " + failure.code());
            sink.onError(failure);
        }

        private String after() {
            return " after " + (ticker.nanos() - since) / 1000 + " us";
        }
    }
}
