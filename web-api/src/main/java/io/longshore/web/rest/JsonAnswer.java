package io.longshore.web.rest;

import io.longshore.inference.InferenceException;
import io.longshore.protocol.rest.ErrorBody;
import io.longshore.web.failure.StatusMapper;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** Responses with a JSON body. */
final class JsonAnswer {
    private JsonAnswer() {}

    /** A body with a status. */
    static Response of(int status, byte[] json) {
        return builder(status, json).build();
    }

    /** A failure as its code asks. */
    static Response failure(InferenceException failure) {
        int retryAfter = StatusMapper.retryAfterSeconds(failure.code());
        Response.ResponseBuilder builder =
                builder(StatusMapper.status(failure.code()), ErrorBody.json(failure.getMessage()));
        return (retryAfter > 0 ? builder.header("Retry-After", retryAfter) : builder).build();
    }

    /** A response to which headers may be added. */
    static Response.ResponseBuilder builder(int status, byte[] json) {
        return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(json);
    }
}
