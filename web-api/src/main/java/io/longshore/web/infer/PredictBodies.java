package io.longshore.web.infer;

import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.DecodedRequest;
import io.longshore.protocol.rest.PredictRequestDecoder;
import io.longshore.tensor.HostMemory;
import io.longshore.web.http.BodyBuffer;
import java.nio.ByteBuffer;

/**
 * The bodies of V1 requests for predictions: JSON, gathered where that of inference requests is.
 *
 * @param memory gives the buffers
 * @param decoder reads the bodies
 * @param status describes the models, on whose inputs depends what a body means
 */
record PredictBodies(RequestBodies memory, PredictRequestDecoder decoder, ServerStatus status)
        implements RequestBodies {
    @Override
    public BodyBuffer open(InferHead head) {
        return memory.open(head);
    }

    @Override
    public DecodedRequest decode(InferHead head, HostMemory body) {
        try {
            return decode(head.model(), body);
        } finally {
            body.release();
        }
    }

    /** Reads a body that is meant for a model; the body stays the caller's. */
    DecodedRequest decode(ModelSelector model, HostMemory body) {
        ByteBuffer json = InferBodies.json(body);
        return decoder.decode(
                model, status.describe(model).config(), json.array(), json.arrayOffset(), json.remaining());
    }
}
