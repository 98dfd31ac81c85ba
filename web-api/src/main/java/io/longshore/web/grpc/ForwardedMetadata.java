package io.longshore.web.grpc;

import io.grpc.Metadata;
import io.longshore.protocol.rest.HeaderForwarding;
import java.util.LinkedHashMap;
import java.util.Map;

/** The metadata of a call that become parameters of its requests. */
final class ForwardedMetadata {
    private ForwardedMetadata() {}

    /**
     * The entries that are texts, by their names, which gRPC has in lower case; of several with one name the last.
     *
     * @throws io.longshore.inference.InferenceException INVALID_ARGUMENT if one has a name that is not for callers
     */
    static Map<String, String> of(HeaderForwarding forwarding, Metadata metadata) {
        if (!forwarding.isActive()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : metadata.keys()) {
            if (!name.endsWith(Metadata.BINARY_HEADER_SUFFIX) && forwarding.forwards(name)) {
                String value = metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
                headers.put(name, value == null ? "" : value);
            }
        }
        return headers;
    }
}
