package io.longshore.web.grpc;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.longshore.inference.GrpcTransport;
import io.longshore.protocol.tls.Certificates;
import io.longshore.protocol.tls.TlsFileException;
import io.longshore.protocol.tls.TlsIdentity;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of the endpoint. Certificates that are replaced on disk count for the connections that begin after {@link #refresh};
 * as long as the files cannot be used, those that were read last do. Thread-safe.
 */
final class ServerTls {
    private static final Logger LOG = System.getLogger(ServerTls.class.getName());

    private final GrpcTransport.Tls files;
    private final AdvancedTlsX509KeyManager identity = new AdvancedTlsX509KeyManager();
    private final @Nullable AdvancedTlsX509TrustManager clients;
    private Loaded loaded;
    private String complaint = "";

    /** What was read last. Keys and certificates compare by their content. */
    private record Loaded(TlsIdentity identity, List<X509Certificate> clientRoots) {}

    private ServerTls(GrpcTransport.Tls files) throws TlsFileException {
        this.files = files;
        this.clients = files.clientRoots().isPresent() ? trustManager() : null;
        this.loaded = read();
        use(loaded);
    }

    /**
     * Reads the files.
     *
     * @throws TlsFileException naming the file that cannot be used, and why
     */
    static ServerTls load(GrpcTransport.Tls files) throws TlsFileException {
        return new ServerTls(files);
    }

    /**
     * What Netty needs. The JDK's TLS, not the native library in gRPC's jar: such a library loads in one class loader only, and
     * the application's is another one after each deployment.
     */
    SslContext context() throws IOException {
        SslContextBuilder builder = SslContextBuilder.forServer(identity);
        if (clients != null) {
            builder.trustManager(clients).clientAuth(ClientAuth.REQUIRE);
        }
        return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    }

    /** Looks at the files again. Logs what was replaced, and once what is wrong with them. */
    synchronized void refresh() {
        try {
            Loaded now = read();
            if (!now.equals(loaded)) {
                use(now);
                loaded = now;
                LOG.log(Level.INFO, "the certificates of gRPC were replaced; the server is " + now.identity());
            }
            complaint = "";
        } catch (TlsFileException e) {
            if (!complaint.equals(e.getMessage())) {
                complaint = String.valueOf(e.getMessage());
                LOG.log(Level.WARNING, "the certificates of gRPC stay as they were: " + complaint);
            }
        }
    }

    private Loaded read() throws TlsFileException {
        return new Loaded(
                TlsIdentity.read(files.certificate(), files.key()),
                files.clientRoots().isPresent()
                        ? Certificates.read(files.clientRoots().get())
                        : List.of());
    }

    private void use(Loaded now) {
        if (clients != null) {
            trust(clients, now.clientRoots());
        }
        identity.updateIdentityCredentials(
                now.identity().chain().toArray(X509Certificate[]::new),
                now.identity().key());
    }

    private static void trust(AdvancedTlsX509TrustManager clients, List<X509Certificate> roots) {
        try {
            clients.updateTrustCredentials(roots.toArray(X509Certificate[]::new));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the JDK takes no certificates", e);
        }
    }

    private static AdvancedTlsX509TrustManager trustManager() {
        try {
            return AdvancedTlsX509TrustManager.newBuilder().build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no X.509", e);
        }
    }
}
