package io.longshore.inference;

import java.util.List;

/**
 * What the wires must know of the server's settings. Immutable.
 *
 * @param name the server's name in its metadata; {@code triton} unless set, because clients check it
 * @param version Longshore's version
 * @param extensions the V2 extensions served, in the words of the protocol, for example {@code binary_tensor_data}
 * @param maxInputSize the bytes that the body of one request may have, after decompression
 */
public record ServerSettings(String name, String version, List<String> extensions, long maxInputSize) {
    public ServerSettings {
        extensions = List.copyOf(extensions);
        if (maxInputSize <= 0) {
            throw new IllegalArgumentException("maxInputSize must be positive, got " + maxInputSize);
        }
    }
}
