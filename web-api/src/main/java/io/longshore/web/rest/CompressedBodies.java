package io.longshore.web.rest;

import io.longshore.web.http.ContentCoding;
import io.longshore.web.http.Decompression;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.util.Optional;

/** Gives resources the bodies of their requests without gzip and deflate, as inference requests get theirs. Thread-safe. */
@Provider
public class CompressedBodies implements ContainerRequestFilter {
    private final long limit;

    /** @param limit bytes that a body may have when expanded */
    CompressedBodies(long limit) {
        this.limit = limit;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Optional<ContentCoding> coding =
                ContentCoding.ofContentEncoding(request.getHeaderString(HttpHeaders.CONTENT_ENCODING));
        if (coding.isEmpty()) {
            request.abortWith(Response.fromResponse(JsonAnswer.failure(Decompression.unsupported()))
                    .header(HttpHeaders.ACCEPT_ENCODING, ContentCoding.ACCEPTED)
                    .build());
        } else if (coding.get() != ContentCoding.IDENTITY) {
            request.setEntityStream(Decompression.expanding(coding.get(), request.getEntityStream(), limit));
        }
    }
}
