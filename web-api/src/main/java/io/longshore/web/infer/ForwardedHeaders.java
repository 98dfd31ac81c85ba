package io.longshore.web.infer;

import io.longshore.protocol.rest.HeaderForwarding;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The headers of a request that become its parameters. */
final class ForwardedHeaders {
    private ForwardedHeaders() {}

    /**
     * The headers by their names as sent; of several with one name the first.
     *
     * @throws io.longshore.inference.InferenceException INVALID_ARGUMENT if one has a name that is not for callers
     */
    static Map<String, String> of(HeaderForwarding forwarding, HttpServletRequest request) {
        if (!forwarding.isActive()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            if (forwarding.forwards(name)) {
                headers.put(name, request.getHeader(name));
            }
        }
        return headers;
    }
}
