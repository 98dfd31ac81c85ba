package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.longshore.TestIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsSettingsTest {
    @TempDir
    Path folder;

    @Test
    void tlsWithoutFiles_namesEachThatIsMissing() {
        assertThat(problems(Map.of("longshore.grpc.use-ssl-mutual", "true")))
                .containsExactly(
                        "longshore.grpc.server-cert: is not set; expected the PEM file of the server's certificate, because"
                                + " longshore.grpc.use-ssl-mutual is true",
                        "longshore.grpc.server-key: is not set; expected the PEM file of the certificate's private key,"
                                + " because longshore.grpc.use-ssl-mutual is true",
                        "longshore.grpc.root-cert: is not set; expected the PEM file of the certificates that sign"
                                + " clients, because longshore.grpc.use-ssl-mutual is true");
    }

    @Test
    void filesThatCannotBeUsed_areNamedWithTheReason() throws Exception {
        TestIdentity identity = TestIdentity.make(folder, "EC", "desk");
        Path certificate = identity.writeCertificate(folder.resolve("cert.pem"));
        Path key = identity.writeKey(folder.resolve("key.pem"));
        Path roots = Files.writeString(folder.resolve("roots.pem"), "x");

        assertThat(problems(mutual(certificate, key, roots)))
                .singleElement()
                .asString()
                .startsWith("longshore.grpc.root-cert: " + roots + " is not PEM");
        assertThat(problems(mutual(certificate, roots, certificate)))
                .singleElement()
                .asString()
                .startsWith("longshore.grpc.server-cert, longshore.grpc.server-key: " + roots + " is not PEM");
    }

    @Test
    void withoutTls_filesAreIgnored() {
        Map<String, String> absent =
                Map.of("longshore.grpc.server-cert", folder.resolve("absent").toString());

        assertThat(MapValues.reader(absent).read().grpc().transport().tls()).isEmpty();
    }

    private static Map<String, String> mutual(Path certificate, Path key, Path roots) {
        return Map.of(
                "longshore.grpc.use-ssl-mutual",
                "true",
                "longshore.grpc.server-cert",
                certificate.toString(),
                "longshore.grpc.server-key",
                key.toString(),
                "longshore.grpc.root-cert",
                roots.toString());
    }

    private static List<String> problems(Map<String, String> texts) {
        return catchThrowableOfType(
                        InvalidConfigException.class,
                        () -> MapValues.reader(texts).read())
                .problems();
    }
}
