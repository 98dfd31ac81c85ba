package io.longshore.protocol.rest;

import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;

/** The body of every failed call: {@code {"error":"<message>"}}. */
public final class ErrorBody {
    private ErrorBody() {}

    /** The body for a message, UTF-8. */
    public static byte[] json(String message) {
        return new JsonOutput(ChunkPool.NONE)
                .raw('{')
                .string("error")
                .raw(':')
                .string(message)
                .raw('}')
                .toByteArray();
    }
}
