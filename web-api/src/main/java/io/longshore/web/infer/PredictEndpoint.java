package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.PredictRequestDecoder;
import io.longshore.protocol.rest.PredictResponseEncoder;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.http.ContentCoding;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests of the V1 protocol, those for predictions and those for explanations; made once and shared. Thread-safe.
 *
 * @param predictions what requests for predictions need
 * @param explanations what requests for explanations need
 */
record PredictEndpoint(InferEndpoint predictions, InferEndpoint explanations) {
    /** The parameter of a model's configuration that names the model which explains it. */
    private static final String EXPLAINER = "longshore.explainer";

    /** Takes requests with what other inference requests need too. */
    static PredictEndpoint of(InferEndpoint infer, PredictRequestDecoder decoder, ServerStatus status) {
        PredictResponseEncoder encoder = new PredictResponseEncoder();
        RequestBodies predictions = new JsonBodies(infer.bodies(), decoder::decode, status);
        RequestBodies explanations =
                new JsonBodies(infer.bodies(), decoder::decode, status, model -> explainer(status, model));
        return new PredictEndpoint(
                infer.with(predictions, new PredictAnswers(encoder, "predictions")),
                infer.with(explanations, new PredictAnswers(encoder, "explanations")));
    }

    private static ModelSelector explainer(ServerStatus status, ModelSelector model) {
        String explainer = status.describe(model).config().parameters().get(EXPLAINER);
        if (explainer == null || explainer.isBlank()) {
            throw new InferenceException(
                    ErrorCode.UNSUPPORTED,
                    "model '" + model.name() + "' has no explainer; its configuration may name one in the parameter '"
                            + EXPLAINER + "'");
        }
        return ModelSelector.latest(explainer);
    }

    /**
     * Answers the request if its path is that of a V1 request.
     *
     * @param path as {@link io.longshore.web.http.RequestPath} gives it
     */
    boolean takes(String path, HttpServletRequest request, HttpServletResponse response) {
        return takes(predictions, InferTarget.ofV1(path, InferTarget.PREDICT), request, response)
                || takes(explanations, InferTarget.ofV1(path, InferTarget.EXPLAIN), request, response);
    }

    private static boolean takes(
            InferEndpoint endpoint,
            @Nullable ModelSelector model,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (model == null) {
            return false;
        }
        Optional<ContentCoding> coding = ContentCoding.ofContentEncoding(request.getHeader("Content-Encoding"));
        if (coding.isEmpty()) {
            AnswerWriter.write(InferAnswers.unsupportedCoding(), response);
        } else {
            InferHead head = InferHead.of(model, coding.get(), request).withoutBinary();
            new InferExchange(endpoint, head, request, response).start();
        }
        return true;
    }
}
