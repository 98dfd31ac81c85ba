package io.longshore.inference;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the gRPC endpoint treats its connections.
 *
 * @param tls the files of TLS; none = plain text
 * @param keepalive when pings are sent and taken
 * @param age how long a connection lasts
 * @param compression how much inference responses are compressed for clients that understand it
 */
public record GrpcTransport(Optional<Tls> tls, Keepalive keepalive, Age age, Compression compression) {
    /** Plain text, and Triton's defaults. */
    public static final GrpcTransport DEFAULT =
            new GrpcTransport(Optional.empty(), Keepalive.DEFAULT, Age.UNLIMITED, Compression.NONE);

    /** The same transport with TLS. */
    public GrpcTransport withTls(Tls files) {
        return new GrpcTransport(Optional.of(files), keepalive, age, compression);
    }

    /** The same transport with another compression. */
    public GrpcTransport withCompression(Compression level) {
        return new GrpcTransport(tls, keepalive, age, level);
    }

    /**
     * The files of TLS, all PEM.
     *
     * @param certificate the server's certificate, followed by those that lead to its root
     * @param key the private key of the certificate
     * @param clientRoots the certificates that sign clients, each of which must then show one of its own; none = any client
     *     is welcome
     */
    public record Tls(Path certificate, Path key, Optional<Path> clientRoots) {}

    /**
     * When pings are sent and taken.
     *
     * @param time without a sign of the client until the server pings it
     * @param timeout until a ping that is not answered ends the connection
     * @param permitWithoutCalls whether a client may ping while it has no call
     * @param minClientInterval between two pings of a client; one that pings more often is cut off
     */
    public record Keepalive(Duration time, Duration timeout, boolean permitWithoutCalls, Duration minClientInterval) {
        /** Triton's. */
        public static final Keepalive DEFAULT =
                new Keepalive(Duration.ofHours(2), Duration.ofSeconds(20), false, Duration.ofMinutes(5));
    }

    /**
     * How long a connection lasts, so that clients spread over new replicas.
     *
     * @param most after which a client is told to connect anew; none = any time
     * @param grace for the calls that are under way then; none = any time
     */
    public record Age(Optional<Duration> most, Optional<Duration> grace) {
        /** For ever. */
        public static final Age UNLIMITED = new Age(Optional.empty(), Optional.empty());
    }

    /** How much responses are compressed. */
    public enum Compression {
        /** Not at all. */
        NONE,
        /** Fast. */
        LOW,
        /** As gzip does unless told otherwise. */
        MEDIUM,
        /** As small as it gets. */
        HIGH
    }
}
