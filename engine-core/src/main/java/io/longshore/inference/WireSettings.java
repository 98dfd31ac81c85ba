package io.longshore.inference;

import java.time.Duration;

/**
 * What every wire takes from the server's configuration.
 *
 * @param serverName what the server calls itself in its metadata
 * @param serverVersion the server's version
 * @param maxInputSize bytes of the JSON part of a request, of a tensor given in it, of a raw binary request and of a body
 *     once decompressed; at least 1
 * @param httpAccess who may call what on REST
 * @param grpc where gRPC is served
 * @param forwarding which headers become parameters
 */
public record WireSettings(
        String serverName,
        String serverVersion,
        long maxInputSize,
        AccessRules httpAccess,
        Grpc grpc,
        HeaderPatterns forwarding) {
    /** Triton's name, because existing clients check it, its limit of 64 MiB, and no gRPC. */
    public static final WireSettings DEFAULT = new WireSettings("triton", "0.1.0", 64L << 20);

    public WireSettings {
        if (maxInputSize < 1) {
            throw new IllegalArgumentException("maxInputSize must be at least 1, got " + maxInputSize);
        }
    }

    /** Settings without gRPC and without restrictions. */
    public WireSettings(String serverName, String serverVersion, long maxInputSize) {
        this(serverName, serverVersion, maxInputSize, Grpc.OFF);
    }

    /** Settings without restrictions, under which no header becomes a parameter. */
    public WireSettings(String serverName, String serverVersion, long maxInputSize, Grpc grpc) {
        this(serverName, serverVersion, maxInputSize, AccessRules.NONE, grpc, HeaderPatterns.NONE);
    }

    /**
     * Which headers become parameters of their requests: those whose names match a regular expression of RE2.
     *
     * @param http the pattern for REST; empty = none
     * @param grpc the pattern for gRPC; empty = none
     */
    public record HeaderPatterns(String http, String grpc) {
        /** No header becomes a parameter. */
        public static final HeaderPatterns NONE = new HeaderPatterns("", "");
    }

    /**
     * Where gRPC is served.
     *
     * @param enabled whether it is served at all
     * @param address the host name or address to listen on; {@code *} = all
     * @param port the port to listen on, 0 = any free one
     * @param drainTimeout the time that calls have to end once no new ones are taken
     * @param transport how its connections are treated
     * @param access who may call what
     */
    public record Grpc(
            boolean enabled,
            String address,
            int port,
            Duration drainTimeout,
            GrpcTransport transport,
            AccessRules access) {
        /** No gRPC. */
        public static final Grpc OFF =
                new Grpc(false, "127.0.0.1", 8001, Duration.ZERO, GrpcTransport.DEFAULT, AccessRules.NONE);
    }
}
