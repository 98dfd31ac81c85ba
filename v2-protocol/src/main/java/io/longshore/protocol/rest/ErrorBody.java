package io.longshore.protocol.rest;

/** The body of every failed call: {@code {"error":"<message>"}}. */
public final class ErrorBody {
    private ErrorBody() {}

    /** The body for a message, UTF-8. */
    public static byte[] json(String message) {
        return new byte[0];
    }
}
