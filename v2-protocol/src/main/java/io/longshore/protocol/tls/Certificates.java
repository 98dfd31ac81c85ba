package io.longshore.protocol.tls;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** X.509 certificates in PEM files. */
public final class Certificates {
    private static final String LABEL = "CERTIFICATE";

    private Certificates() {}

    /**
     * The certificates of a file in their order, at least one; blocks of other kinds are passed over.
     *
     * @throws TlsFileException if there is none, or one cannot be read
     */
    public static List<X509Certificate> read(Path file) throws TlsFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (PemBlock block : PemBlock.read(file)) {
            if (block.label().equals(LABEL)) {
                certificates.add(certificate(block.der(file), file));
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsFileException(
                    file + " holds no certificate; expected a PEM file with '-----BEGIN " + LABEL + "-----'");
        }
        return certificates;
    }

    private static X509Certificate certificate(byte[] der, Path file) throws TlsFileException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new TlsFileException(file + " holds a certificate that cannot be read: " + e.getMessage(), e);
        }
    }
}
