package io.longshore.protocol.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longshore.TestIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsIdentityTest {
    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private static TestIdentity rsa;
    private static TestIdentity ec;

    @BeforeAll
    static void make() throws Exception {
        rsa = TestIdentity.make(made, "RSA", "rsa");
        ec = TestIdentity.make(made, "EC", "ec");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void pair_isRead(String algorithm) throws Exception {
        TestIdentity made = TestIdentity.make(folder, algorithm, "pair");

        TlsIdentity read = read(made, TestIdentity.pem("PRIVATE KEY", made.key().getEncoded()));

        assertThat(read.key()).isEqualTo(made.key());
        assertThat(read.chain()).containsExactly(made.certificate());
    }

    @Test
    void chain_keepsItsOrder() throws Exception {
        Path certificates = folder.resolve("chain.pem");
        Files.writeString(certificates, "text before\n" + certificate(ec) + "text between\n" + certificate(rsa));

        TlsIdentity read = TlsIdentity.read(certificates, ec.writeKey(folder.resolve("key.pem")));

        assertThat(read.chain()).containsExactly(ec.certificate(), rsa.certificate());
    }

    @Test
    void rsaKeyOfPkcs1_isRead() throws Exception {
        assertThat(read(rsa, TestIdentity.pem("RSA PRIVATE KEY", insidePkcs8(rsa)))
                        .key())
                .isEqualTo(rsa.key());
    }

    @Test
    void ecKeyOfSec1_isReadBehindItsParameters() throws Exception {
        String file = TestIdentity.pem("EC PARAMETERS", new byte[] {6, 1, 1})
                + TestIdentity.pem("EC PRIVATE KEY", insidePkcs8(ec));

        assertThat(read(ec, file).key()).isEqualTo(ec.key());
    }

    /** The octet string of a PrivateKeyInfo, which stands behind the algorithm of the public key. */
    private static byte[] insidePkcs8(TestIdentity identity) {
        byte[] info = identity.key().getEncoded();
        byte[] spki = identity.certificate().getPublicKey().getEncoded();
        int algorithm = spki[1] < 0 ? 2 + (spki[1] & 0x7f) : 2;
        int octets = (info[1] < 0 ? 2 + (info[1] & 0x7f) : 2) + 3 + 2 + spki[algorithm + 1];
        assertThat(info[octets]).isEqualTo((byte) 4);
        int content = octets + (info[octets + 1] < 0 ? 2 + (info[octets + 1] & 0x7f) : 2);
        return Arrays.copyOfRange(info, content, info.length);
    }

    @Test
    void keyOfAnotherCertificate_isRefusedWithBothFiles() throws Exception {
        TestIdentity other = TestIdentity.make(folder, "EC", "other");

        assertThat(failure(ec, TestIdentity.pem("PRIVATE KEY", other.key().getEncoded())))
                .contains("key.pem does not belong to the (first) certificate in")
                .contains("cert.pem");
    }

    @Test
    void keyOfAnotherKind_isRefused() throws Exception {
        assertThat(failure(ec, TestIdentity.pem("PRIVATE KEY", rsa.key().getEncoded())))
                .contains("key.pem holds a 'PRIVATE KEY' that is no private key for the certificate's public key")
                .contains("EC");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
            })
    void encryptedKey_isRefusedWithTheWayOut(String key) throws Exception {
        assertThat(failure(rsa, key))
                .contains("key.pem holds a private key that is encrypted")
                .contains("openssl pkey");
    }

    @Test
    void keyThatIsCut_isNotShown() throws Exception {
        String body = Base64.getEncoder().encodeToString(ec.key().getEncoded());

        assertThat(failure(
                        ec, "-----BEGIN PRIVATE KEY-----\n" + body.substring(0, 33) + "\n-----END PRIVATE KEY-----\n"))
                .contains("key.pem")
                .doesNotContain(body.substring(0, 8));
        assertThat(failure(ec, "-----BEGIN PRIVATE KEY-----\n" + body + "*\n-----END PRIVATE KEY-----\n"))
                .contains("key.pem is broken: the body of its 'PRIVATE KEY' block is not base64")
                .doesNotContain(body.substring(0, 8));
    }

    @Test
    void fileThatIsNotPem_saysSo() throws Exception {
        assertThat(failure(ec, "hello")).contains("key.pem is not PEM");
        assertThat(failure(ec, certificate(ec))).contains("key.pem holds no private key");
    }

    @Test
    void fileThatIsMissing_saysSo() throws Exception {
        Path absent = folder.resolve("absent.pem");

        assertThat(assertThrows(TlsFileException.class, () -> Certificates.read(absent)))
                .hasMessage(absent + " does not exist");
        assertThat(assertThrows(TlsFileException.class, () -> Certificates.read(folder)))
                .hasMessageContaining(folder + " cannot be read");
    }

    @Test
    void fileThatIsLarge_isNotReadWhole() throws Exception {
        Path large = Files.write(folder.resolve("large.pem"), new byte[(1 << 20) + 1]);

        assertThat(assertThrows(TlsFileException.class, () -> Certificates.read(large)))
                .hasMessageContaining("more than 1048576 bytes");
    }

    @Test
    void certificateThatIsNone_saysSo() throws Exception {
        Path key = ec.writeKey(folder.resolve("key.pem"));
        Path broken = Files.writeString(folder.resolve("broken.pem"), TestIdentity.pem("CERTIFICATE", new byte[9]));

        assertThat(assertThrows(TlsFileException.class, () -> Certificates.read(key)))
                .hasMessageContaining("holds no certificate");
        assertThat(assertThrows(TlsFileException.class, () -> Certificates.read(broken)))
                .hasMessageContaining("broken.pem holds a certificate that cannot be read");
    }

    private TlsIdentity read(TestIdentity identity, String key) throws Exception {
        Path file = Files.writeString(folder.resolve("key.pem"), key);
        return TlsIdentity.read(identity.writeCertificate(folder.resolve("cert.pem")), file);
    }

    private String failure(TestIdentity identity, String key) {
        return String.valueOf(
                assertThrows(TlsFileException.class, () -> read(identity, key)).getMessage());
    }

    private static String certificate(TestIdentity identity) throws Exception {
        return TestIdentity.pem("CERTIFICATE", identity.certificate().getEncoded());
    }
}
