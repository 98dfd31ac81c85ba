package io.longshore.web.infer;

import io.longshore.protocol.rest.HeaderForwarding;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The headers of a request that become its parameters, with their names in lower case: Liberty 26.0.0.3 does not tell how a
 * client spelled one, but how the first client to send it did.
 */
final class ForwardedHeaders {
    private ForwardedHeaders() {}

    /**
     * The headers by their names; of several with one name the first.
     *
     * @throws io.longshore.inference.InferenceException INVALID_ARGUMENT if one has a name that is not for callers
     */
    static Map<String, String> of(HeaderForwarding forwarding, HttpServletRequest request) {
        if (!forwarding.isActive()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String header = names.nextElement();
            String name = header.toLowerCase(Locale.ROOT);
            if (forwarding.forwards(name)) {
                headers.put(name, request.getHeader(header));
            }
        }
        return headers;
    }
}
