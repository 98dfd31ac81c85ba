package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.FakeTicker;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.ResponseSink;
import io.longshore.model.ModelId;
import io.longshore.model.ModelSelector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestLogTest {
    private final Logger logger = Logger.getLogger(RequestLog.class.getName());
    private final Lines lines = new Lines();
    private final FakeTicker ticker = new FakeTicker();
    private final RecordingSink sink = new RecordingSink();

    @BeforeEach
    void listen() {
        logger.addHandler(lines);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void stop() {
        logger.removeHandler(lines);
        logger.setUseParentHandlers(true);
        logger.setLevel(null);
    }

    @Test
    void nobodyListens_theSinkStaysAsItIs() {
        logger.setLevel(Level.INFO);
        assertThat(watch("r", ModelSelector.latest("m"))).isSameAs(sink);
    }

    @Test
    void answeredRequest_isTwoLines() {
        logger.setLevel(Level.FINE);
        ResponseSink told = watch("r\n7", ModelSelector.latest("m"));
        ticker.advance(Duration.ofNanos(5_900));
        told.onResponse(response(), false);
        told.onResponse(response(), true);

        assertThat(lines.texts)
                .containsExactly(
                        "FINE request 'r?7' to model 'm' received",
                        "FINE request 'r?7' to model 'm' answered by version 3 after 5 us");
        assertThat(sink.isEnded()).isTrue();
    }

    @Test
    void failedRequest_namesTheCode() {
        logger.setLevel(Level.FINE);
        ResponseSink told = watch("", ModelSelector.exact("m", 2));
        told.onError(new InferenceException(ErrorCode.UNAVAILABLE, "full"));

        assertThat(lines.texts)
                .containsExactly(
                        "FINE request to model 'm' version '2' received",
                        "FINE request to model 'm' version '2' failed after 0 us: UNAVAILABLE");
    }

    @Test
    void traceLevel_tellsTensorsToo() {
        logger.setLevel(Level.FINEST);
        ResponseSink told = watch("r", ModelSelector.latest("m"));
        told.onResponse(response(), true);

        assertThat(lines.texts)
                .containsExactly(
                        "FINE request 'r' to model 'm' received",
                        "FINER request 'r' to model 'm' has inputs ",
                        "FINER request 'r' to model 'm' has outputs ",
                        "FINE request 'r' to model 'm' answered by version 3 after 0 us");
    }

    private ResponseSink watch(String id, ModelSelector model) {
        InferenceRequest request = new InferenceRequest(
                id, model, List.of(), List.of(), Parameters.NONE, InferenceRequest.Options.DEFAULT);
        return new RequestLog(ticker).watch(request, sink);
    }

    private static InferenceResponse response() {
        return new InferenceResponse("r", new ModelId("m", 3), List.of(), Parameters.NONE);
    }

    private static final class Lines extends Handler {
        private final List<String> texts = new ArrayList<>();

        @Override
        public void publish(LogRecord message) {
            texts.add(message.getLevel() + " " + message.getMessage());
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
