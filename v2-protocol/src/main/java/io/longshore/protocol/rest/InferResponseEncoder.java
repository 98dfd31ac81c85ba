package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import java.util.List;

/** Writes the bodies of inference responses. Thread-safe; made once and shared. */
public final class InferResponseEncoder {
    /** An encoder with recycled memory of its own. */
    public InferResponseEncoder() {}

    /**
     * Writes a response. On success the result takes over the response's references; on failure they stay with the
     * caller. The response's {@code id} is left out where it is empty.
     *
     * @param format how the caller wants the outputs
     * @throws InferenceException INVALID_ARGUMENT where an output cannot be written as JSON (FP16, BF16, BYTES that are
     *     not UTF-8) and was not asked for as binary data
     */
    public EncodedResponse encode(InferenceResponse response, OutputFormat format) {
        return new EncodedResponse(List.of(), 0, format.isBinary(""), response::release);
    }
}
