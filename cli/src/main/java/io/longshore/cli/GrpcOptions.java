package io.longshore.cli;

import static io.longshore.cli.ServeOption.works;
import static io.longshore.cli.ValueKind.BOOLEAN;
import static io.longshore.cli.ValueKind.COUNT;
import static io.longshore.cli.ValueKind.FILE;
import static io.longshore.cli.ValueKind.POSITIVE;

/** The options of gRPC's connections: TLS, pings and ages. Names and defaults are tritonserver's. */
final class GrpcOptions {
    private GrpcOptions() {}

    /** TLS. */
    static OptionGroup security() {
        return OptionGroup.of(
                "gRPC security",
                works("grpc-use-ssl", BOOLEAN, "false", "longshore.grpc.use-ssl", "TLS."),
                works(
                        "grpc-use-ssl-mutual",
                        BOOLEAN,
                        "false",
                        "longshore.grpc.use-ssl-mutual",
                        "TLS, and clients must show a certificate; wins over --grpc-use-ssl."),
                works("grpc-server-cert", FILE, "none", "longshore.grpc.server-cert", "Certificate chain, PEM."),
                works("grpc-server-key", FILE, "none", "longshore.grpc.server-key", "Its private key, PEM."),
                works(
                        "grpc-root-cert",
                        FILE,
                        "none",
                        "longshore.grpc.root-cert",
                        "Certificates that sign clients, PEM; for --grpc-use-ssl-mutual."),
                works(
                                "grpc-restricted-protocol",
                                ValueKind.RESTRICTION,
                                "none",
                                "longshore.grpc.restricted-protocol",
                                "Kinds of calls that need a header with a secret; repeatable.")
                        .repeatable(";"));
    }

    /** Pings and ages, in milliseconds. */
    static OptionGroup connections() {
        return OptionGroup.of(
                "gRPC connections",
                works(
                        "grpc-keepalive-time",
                        POSITIVE,
                        "7200000",
                        "longshore.grpc.keepalive-time",
                        "Milliseconds of silence before the server pings a client."),
                works(
                        "grpc-keepalive-timeout",
                        POSITIVE,
                        "20000",
                        "longshore.grpc.keepalive-timeout",
                        "Milliseconds until a ping without answer ends the connection."),
                works(
                        "grpc-keepalive-permit-without-calls",
                        BOOLEAN,
                        "false",
                        "longshore.grpc.keepalive-permit-without-calls",
                        "Clients may ping while they have no call."),
                works(
                        "grpc-http2-min-recv-ping-interval-without-data",
                        COUNT,
                        "300000",
                        "longshore.grpc.http2-min-recv-ping-interval-without-data",
                        "Milliseconds between two pings of a client, at least."),
                works(
                        "grpc-max-connection-age",
                        COUNT,
                        "0",
                        "longshore.grpc.max-connection-age",
                        "Milliseconds until a client is told to connect anew; 0 = never."),
                works(
                        "grpc-max-connection-age-grace",
                        COUNT,
                        "0",
                        "longshore.grpc.max-connection-age-grace",
                        "Milliseconds that its calls have then; 0 = any time."));
    }
}
