package io.longshore.inference;

/**
 * What every wire takes from the server's configuration.
 *
 * @param serverName what the server calls itself in its metadata
 * @param serverVersion the server's version
 * @param maxInputSize bytes of the JSON part of a request, of a tensor given in it, of a raw binary request and of a body
 *     once decompressed; at least 1
 */
public record WireSettings(String serverName, String serverVersion, long maxInputSize) {
    /** Triton's name, because existing clients check it, and its limit of 64 MiB. */
    public static final WireSettings DEFAULT = new WireSettings("triton", "0.1.0", 64L << 20);

    public WireSettings {
        if (maxInputSize < 1) {
            throw new IllegalArgumentException("maxInputSize must be at least 1, got " + maxInputSize);
        }
    }
}
