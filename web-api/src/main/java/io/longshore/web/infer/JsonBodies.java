package io.longshore.web.infer;

import io.longshore.inference.ModelDescription;
import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.DecodedRequest;
import io.longshore.tensor.HostMemory;
import io.longshore.web.http.BodyBuffer;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

/**
 * Bodies of JSON whose meaning depends on the inputs of a model, gathered where those of inference requests are.
 *
 * @param memory gives the buffers
 * @param decoder reads the bodies
 * @param status describes the models
 * @param target the model that answers a request for the one named
 */
record JsonBodies(RequestBodies memory, Decoder decoder, ServerStatus status, UnaryOperator<ModelSelector> target)
        implements RequestBodies {
    /** Bodies for the model that the path names. */
    JsonBodies(RequestBodies memory, Decoder decoder, ServerStatus status) {
        this(memory, decoder, status, model -> model);
    }

    /** Reads a body in an array for a model. Thread-safe. */
    @FunctionalInterface
    interface Decoder {
        /**
         * Reads a body, which is not kept.
         *
         * @throws io.longshore.inference.InferenceException INVALID_ARGUMENT
         */
        DecodedRequest decode(ModelSelector model, ModelDescription description, byte[] body, int offset, int length);
    }

    @Override
    public BodyBuffer open(InferHead head) {
        return memory.open(head);
    }

    @Override
    public HostMemory plain(InferHead head, HostMemory body) {
        return memory.plain(head, body);
    }

    @Override
    public DecodedRequest decode(InferHead head, HostMemory body) {
        HostMemory plain = plain(head, body);
        try {
            ModelSelector model = target.apply(head.model());
            ByteBuffer json = InferBodies.json(plain);
            return decoder.decode(model, status.describe(model), json.array(), json.arrayOffset(), json.remaining());
        } finally {
            plain.release();
        }
    }
}
