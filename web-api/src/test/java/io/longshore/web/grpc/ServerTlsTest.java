package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.longshore.TestIdentity;
import io.longshore.inference.GrpcTransport;
import io.longshore.protocol.tls.TlsFileException;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTlsTest {
    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private static TestIdentity server;
    private static TestIdentity client;

    private Path certificate;
    private Path key;
    private Path clientRoots;
    private @Nullable GrpcWire wire;

    @BeforeAll
    static void make() throws Exception {
        server = TestIdentity.make(made, "RSA", "server");
        client = TestIdentity.make(made, "EC", "client");
    }

    @BeforeEach
    void write() throws Exception {
        certificate = server.writeCertificate(folder.resolve("server.pem"));
        key = server.writeKey(folder.resolve("server.key"));
        clientRoots = client.writeCertificate(folder.resolve("clients.pem"));
    }

    @AfterEach
    void stop() {
        if (wire != null) {
            wire.close();
        }
    }

    @Test
    void clientThatTrustsTheServer_isServed() throws Exception {
        int port = start(Optional.empty()).server.port();

        assertThat(code(port, trust(server))).isEqualTo(Status.Code.OK);
    }

    @Test
    void clientWithoutTls_isNotServed() throws Exception {
        GrpcWire started = start(Optional.empty());

        assertThat(code(started.channel)).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void clientThatTrustsAnother_isNotServed() throws Exception {
        int port = start(Optional.empty()).server.port();

        assertThat(code(port, trust(client))).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void mutual_clientWithACertificateIsServed() throws Exception {
        int port = start(Optional.of(clientRoots)).server.port();

        assertThat(code(port, trust(server).keyManager(client.key(), client.certificate())))
                .isEqualTo(Status.Code.OK);
    }

    @Test
    void mutual_clientWithNoneOrAnotherCertificateIsNotServed() throws Exception {
        int port = start(Optional.of(clientRoots)).server.port();

        assertThat(code(port, trust(server))).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(code(port, trust(server).keyManager(server.key(), server.certificate())))
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void filesThatWereReplaced_countForNewConnections() throws Exception {
        ServerTls tls = ServerTls.load(files(Optional.empty()));
        Server running = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(tls.context())
                .addService(GrpcWire.health(new FewModels()))
                .build()
                .start();
        TestIdentity next = TestIdentity.make(folder, "EC", "next");
        try {
            next.writeCertificate(certificate);
            tls.refresh();
            // Its key is not there yet.
            assertThat(code(running.getPort(), trust(server))).isEqualTo(Status.Code.OK);

            next.writeKey(key);
            tls.refresh();
            assertThat(code(running.getPort(), trust(next))).isEqualTo(Status.Code.OK);
            assertThat(code(running.getPort(), trust(server))).isEqualTo(Status.Code.UNAVAILABLE);
        } finally {
            running.shutdownNow().awaitTermination();
        }
    }

    @Test
    void filesThatAreBroken_failTheStart() throws Exception {
        Files.writeString(key, "nothing");

        IOException thrown = assertThrows(IOException.class, () -> start(Optional.empty()));

        assertThat(thrown).hasRootCauseInstanceOf(TlsFileException.class).hasMessageContaining("server.key is not PEM");
    }

    private GrpcTransport.Tls files(Optional<Path> roots) {
        return new GrpcTransport.Tls(certificate, key, roots);
    }

    private GrpcWire start(Optional<Path> roots) throws IOException {
        wire = new GrpcWire(
                (request, sink) -> () -> {},
                new FewModels(),
                new RecordingControl(),
                MemoryAllocator.HEAP,
                GrpcTransport.DEFAULT.withTls(files(roots)));
        return wire;
    }

    private static SslContextBuilder trust(TestIdentity trusted) {
        return GrpcSslContexts.forClient().trustManager(trusted.certificate());
    }

    private static Status.Code code(int port, SslContextBuilder tls) throws IOException {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .sslContext(tls.build())
                .build();
        try {
            return code(channel);
        } finally {
            channel.shutdownNow();
        }
    }

    private static Status.Code code(Channel channel) {
        try {
            HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }
}
