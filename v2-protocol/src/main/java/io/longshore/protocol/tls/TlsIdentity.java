package io.longshore.protocol.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What one side of TLS shows to the other. Immutable.
 *
 * @param chain its certificate, followed by those that lead to its root
 * @param key the private key of the first certificate
 */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
    private static final byte[] PROBE = "does the key belong to the certificate?".getBytes(StandardCharsets.US_ASCII);

    public TlsIdentity {
        chain = List.copyOf(chain);
    }

    /**
     * Reads both files.
     *
     * @param certificate PEM, the server's certificate first
     * @param key PEM, not encrypted
     * @throws TlsFileException if one of them cannot be used, or they do not belong together
     */
    public static TlsIdentity read(Path certificate, Path key) throws TlsFileException {
        List<X509Certificate> chain = Certificates.read(certificate);
        PublicKey certified = chain.get(0).getPublicKey();
        PrivateKey secret = PrivateKeys.read(key, certified);
        if (!isPair(secret, certified)) {
            throw new TlsFileException(
                    "the key in " + key + " does not belong to the (first) certificate in " + certificate);
        }
        return new TlsIdentity(chain, secret);
    }

    /** What the one signs, the other must accept. */
    private static boolean isPair(PrivateKey secret, PublicKey certified) throws TlsFileException {
        try {
            Signature signature = Signature.getInstance(
                    switch (certified.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> certified.getAlgorithm();
                    });
            signature.initSign(secret);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            throw new TlsFileException(
                    "a key of the kind " + certified.getAlgorithm() + " cannot be used here: " + e, e);
        }
    }

    /** Who it is, not with which key. */
    @Override
    public String toString() {
        return "TlsIdentity[" + chain.get(0).getSubjectX500Principal() + "]";
    }
}
