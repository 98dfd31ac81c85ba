package io.longshore.web.rest;

import io.longshore.inference.InferenceException;
import io.longshore.protocol.rest.ErrorBody;
import io.longshore.web.failure.Failures;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import org.jspecify.annotations.Nullable;

/** Gives every failure the body {@code {"error":"<message>"}}: never a page, never a stack trace. */
@Provider
public class JsonErrors implements ExceptionMapper<Throwable> {
    @Context
    private @Nullable UriInfo uri;

    @Override
    public Response toResponse(Throwable thrown) {
        if (thrown instanceof WebApplicationException routing) {
            return routed(routing.getResponse());
        }
        InferenceException failure = Failures.coded(thrown);
        Failures.log(failure, uri == null ? "" : uri.getPath(), "");
        return JsonAnswer.failure(failure);
    }

    /** What JAX-RS itself decided: the status and {@code Allow} stay, the body becomes ours. */
    private static Response routed(Response decided) {
        int status = decided.getStatus();
        if (status < 400) {
            return decided;
        }
        Response.ResponseBuilder builder = JsonAnswer.builder(status, ErrorBody.json(message(decided)));
        String allow = decided.getHeaderString(HttpHeaders.ALLOW);
        return allow == null
                ? builder.build()
                : builder.header(HttpHeaders.ALLOW, allow).build();
    }

    private static String message(Response decided) {
        return switch (decided.getStatus()) {
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            default -> decided.getStatusInfo().getReasonPhrase();
        };
    }
}
