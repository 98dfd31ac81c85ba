package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.DecodedRequest;
import io.longshore.protocol.rest.PredictRequestDecoder;
import io.longshore.tensor.HostMemory;
import io.longshore.web.http.BodyBuffer;

/** The bodies of V1 requests for explanations, which go to the model that explains the one named. Thread-safe. */
final class ExplainBodies implements RequestBodies {
    /** The parameter of a model's configuration that names the model which explains it. */
    private static final String EXPLAINER = "longshore.explainer";

    private final PredictBodies predict;

    ExplainBodies(RequestBodies memory, PredictRequestDecoder decoder, ServerStatus status) {
        this.predict = new PredictBodies(memory, decoder, status);
    }

    @Override
    public BodyBuffer open(InferHead head) {
        return predict.open(head);
    }

    @Override
    public DecodedRequest decode(InferHead head, HostMemory body) {
        try {
            return predict.decode(explainer(head.model()), body);
        } finally {
            body.release();
        }
    }

    private ModelSelector explainer(ModelSelector model) {
        String explainer =
                predict.status().describe(model).config().parameters().get(EXPLAINER);
        if (explainer == null || explainer.isBlank()) {
            throw new InferenceException(
                    ErrorCode.UNSUPPORTED,
                    "model '" + model.name() + "' has no explainer; its configuration may name one in the parameter '"
                            + EXPLAINER + "'");
        }
        return ModelSelector.latest(explainer);
    }
}
