package io.longshore.web.infer;

import io.longshore.inference.ServerStatus;
import io.longshore.protocol.rest.DecodedRequest;
import io.longshore.protocol.rest.GenerateRequestDecoder;
import io.longshore.tensor.HostMemory;
import io.longshore.web.http.BodyBuffer;
import java.nio.ByteBuffer;

/**
 * The bodies of generate requests: JSON, gathered where that of inference requests is.
 *
 * @param memory gives the buffers
 * @param decoder reads the bodies
 * @param status describes the models, on whose inputs depends what a body means
 */
record GenerateBodies(RequestBodies memory, GenerateRequestDecoder decoder, ServerStatus status)
        implements RequestBodies {
    @Override
    public BodyBuffer open(InferHead head) {
        return memory.open(head);
    }

    @Override
    public DecodedRequest decode(InferHead head, HostMemory body) {
        try {
            ByteBuffer json = InferBodies.json(body);
            return decoder.decode(
                    head.model(), status.describe(head.model()), json.array(), json.arrayOffset(), json.remaining());
        } finally {
            body.release();
        }
    }
}
