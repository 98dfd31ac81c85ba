package io.longshore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A key and a certificate that it has signed itself, made by the JDK's keytool for this run.
 *
 * @param key the private key
 * @param certificate for localhost and 127.0.0.1, valid for two days
 */
public record TestIdentity(PrivateKey key, X509Certificate certificate) {
    private static final String PASSWORD = "changeit";

    /**
     * A new one.
     *
     * @param folder for the key store
     * @param algorithm RSA, EC or Ed25519
     */
    public static TestIdentity make(Path folder, String algorithm, String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        run(List.of(
                keytool.toString(),
                "-genkeypair",
                "-keyalg",
                algorithm,
                "-alias",
                "it",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-ext",
                "bc=ca:true",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return new TestIdentity(
                (PrivateKey) keys.getKey("it", PASSWORD.toCharArray()), (X509Certificate) keys.getCertificate("it"));
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(command + " failed: " + output);
        }
    }

    /** Writes the certificate as PEM. */
    public Path writeCertificate(Path file) throws Exception {
        return Files.writeString(file, pem("CERTIFICATE", certificate.getEncoded()));
    }

    /** Writes the key as PEM, PKCS #8. */
    public Path writeKey(Path file) throws IOException {
        return Files.writeString(file, pem("PRIVATE KEY", key.getEncoded()));
    }

    /** A block of a PEM file. */
    public static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
