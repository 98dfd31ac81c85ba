package io.longshore.web.infer;

import io.longshore.protocol.rest.DecodedRequest;
import io.longshore.tensor.HostMemory;
import io.longshore.web.http.BodyBuffer;

/** Where the bytes of requests of one kind go, and how they become requests. Thread-safe. */
interface RequestBodies {
    /**
     * A buffer for the body that the headers announce.
     *
     * @throws io.longshore.inference.InferenceException if the body is known to be too large
     * @throws io.longshore.tensor.MemoryBudgetExceededException if there is no memory for it now
     */
    BodyBuffer open(InferHead head);

    /**
     * The bytes of a complete body, expanded where they are compressed.
     *
     * @param body taken over
     * @return one reference, which the caller releases
     * @throws io.longshore.inference.InferenceException INVALID_ARGUMENT if it is not in its coding, or too large
     */
    HostMemory plain(InferHead head, HostMemory body);

    /**
     * Turns a complete body into a request.
     *
     * @param body taken over
     * @throws io.longshore.inference.InferenceException INVALID_ARGUMENT, or what keeps its model from being described
     */
    DecodedRequest decode(InferHead head, HostMemory body);
}
