package io.longshore.protocol.json;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;

/**
 * What can be wrong with JSON text, in the words of Triton where it has any. All are INVALID_ARGUMENT. Positions are
 * bytes from the start of the body.
 */
public final class JsonFaults {
    private JsonFaults() {}

    /** The text is not JSON. */
    public static InferenceException syntax(String what, long position) {
        return invalid("failed to parse the request JSON buffer: " + what + " at " + position);
    }

    /** The text ends too early. */
    public static InferenceException truncated(long position) {
        return syntax("The document ends before its last value is complete.", position);
    }

    /** More arrays and objects stand within each other than allowed. */
    public static InferenceException tooDeep(int limit) {
        return invalid("JSON nesting depth exceeds maximum allowed limit (" + limit + ")");
    }

    /** An element of {@code data} is not of the kind that the datatype asks for. */
    public static InferenceException wrongElement(String found, String wanted) {
        return invalid("Unable to parse 'data': " + wrongKind(found, wanted));
    }

    /** A value of the wrong kind, for example {@code wrongKind("non-string", "string")}. */
    public static String wrongKind(String found, String wanted) {
        return "attempt to access JSON " + found + " as " + wanted;
    }

    /** More elements than the shape has. */
    public static InferenceException tooManyElements() {
        return invalid("Unable to parse 'data': Shape does not match true shape of 'data' field");
    }

    /** More strings than the shape has. */
    public static InferenceException tooManyStrings() {
        return invalid("Unable to parse 'data': shape does not match true shape of 'data' field");
    }

    /** Fewer elements than the shape has. */
    public static InferenceException tooFewElements() {
        return invalid("Failed to parse 'data' field: shape does not match true shape");
    }

    /** A tensor given in JSON is larger than the server accepts. */
    static InferenceException tensorTooLarge(String name, long byteSize, long limit) {
        return invalid("JSON input '" + name + "' has a byte_size (" + byteSize
                + " bytes) that exceeds the maximum allowed value of " + limit
                + " bytes. Use --http-max-input-size to increase the limit.");
    }

    /** A tensor's size in bytes is beyond 64 bits. */
    public static InferenceException byteSizeOverflow(String name, long count, int width) {
        return invalid("byte size overflow for input '" + name + "': element count (" + count + ") * data type size ("
                + width + ") exceeds maximum allowed size (" + Long.MAX_VALUE + ")");
    }

    /** A datatype that JSON cannot carry, in a request. */
    static InferenceException noJsonForInput(String type, String name) {
        return invalid("receiving " + type
                + " data via JSON is not supported. Please use the binary data format for input " + name);
    }

    /** A datatype that JSON cannot carry, in a response. */
    static InferenceException noJsonForOutput(String type, String name) {
        return invalid("sending " + type
                + " data via JSON is not supported. Please use the binary data format for output " + name);
    }

    /** A string that is not UTF-8, in a response. */
    static InferenceException noTextForOutput(String name) {
        return invalid("output '" + name
                + "' holds bytes that are not UTF-8 and cannot be sent as JSON. Please use the binary data format for output "
                + name);
    }

    /** A model's output is broken. */
    static InferenceException brokenOutput(String name) {
        return new InferenceException(
                ErrorCode.MODEL_FAILED, "output tensor shape does not match size of output for '" + name + "'");
    }

    private static InferenceException invalid(String message) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
