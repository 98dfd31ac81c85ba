package io.longshore.web.http;

import jakarta.servlet.http.HttpServletRequest;

/**
 * The path of a request as everybody here reads it: below the context root, percent-encoded as sent, and without what
 * JAX-RS passes over when it looks for a resource, which are matrix parameters and a slash at the end. Who guards a path and
 * who serves it must not read it differently.
 */
public final class RequestPath {
    private RequestPath() {}

    /** The path of a request. */
    public static String of(HttpServletRequest request) {
        return plain(request.getRequestURI().substring(request.getContextPath().length()));
    }

    /** A path without matrix parameters and without a slash at the end. */
    static String plain(String path) {
        String plain = path.indexOf(';') < 0 ? path : path.replaceAll(";[^/]*", "");
        return plain.length() > 1 && plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain;
    }
}
