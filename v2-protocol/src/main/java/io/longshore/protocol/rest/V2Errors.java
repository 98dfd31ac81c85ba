package io.longshore.protocol.rest;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;

/** The faults that a body may have, each with the text that clients of Triton know. All are INVALID_ARGUMENT. */
public final class V2Errors {
    private V2Errors() {}

    /** The JSON of a request is larger than {@code longshore} accepts. */
    public static InferenceException jsonTooLarge(long size, long limit) {
        return invalid("request JSON size of " + size + " bytes exceeds the maximum allowed input size of " + limit
                + " bytes. Use --http-max-input-size to increase the limit.");
    }

    /** A raw binary request is larger than the server accepts. */
    public static InferenceException rawTooLarge(long size, long limit) {
        return invalid("Raw input has a byte_size (" + size + " bytes) that exceeds the maximum allowed value of "
                + limit + " bytes. Use --http-max-input-size to increase the limit.");
    }

    static InferenceException invalid(String message) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
