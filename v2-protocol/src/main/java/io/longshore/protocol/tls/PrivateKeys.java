package io.longshore.protocol.tls;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/**
 * Private keys in PEM files: PKCS #8 ({@code PRIVATE KEY}), and the older forms that OpenSSL and cert-manager write,
 * PKCS #1 ({@code RSA PRIVATE KEY}) and SEC 1 ({@code EC PRIVATE KEY}). The JDK reads PKCS #8 alone, which is one of the
 * older forms behind the name of its algorithm; that name stands in the certificate's public key too.
 */
final class PrivateKeys {
    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 4;

    private PrivateKeys() {}

    /**
     * The first private key of a file.
     *
     * @param certified the public key of the certificate that it is for
     * @throws TlsFileException if there is none, it is encrypted, or of another kind than {@code certified}
     */
    static PrivateKey read(Path file, PublicKey certified) throws TlsFileException {
        for (PemBlock block : PemBlock.read(file)) {
            if (block.label().endsWith("PRIVATE KEY")) {
                return key(block, file, certified);
            }
        }
        throw new TlsFileException(
                file + " holds no private key; expected a PEM file with '-----BEGIN PRIVATE KEY-----'");
    }

    private static PrivateKey key(PemBlock block, Path file, PublicKey certified) throws TlsFileException {
        if (block.label().startsWith("ENCRYPTED") || block.body().contains("Proc-Type")) {
            throw new TlsFileException(file + " holds a private key that is encrypted; expected one without a"
                    + " passphrase ('openssl pkey -in … -out …' removes it)");
        }
        byte[] der = block.der(file);
        byte[] pkcs8 = block.label().equals("PRIVATE KEY") ? der : wrapped(der, certified);
        try {
            return KeyFactory.getInstance(certified.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new TlsFileException(file + " holds a '" + block.label()
                    + "' that is no private key for the certificate's public key, which is "
                    + certified.getAlgorithm());
        }
    }

    /** PKCS #8's PrivateKeyInfo (RFC 5208): version, algorithm, key. */
    private static byte[] wrapped(byte[] key, PublicKey certified) {
        byte[] info = certified.getEncoded();
        int algorithm = contentAt(info, 0);
        byte[] identifier = Arrays.copyOfRange(info, algorithm, endAt(info, algorithm));
        return tagged(SEQUENCE, VERSION_0, identifier, tagged(OCTET_STRING, key));
    }

    /** Where the content of a value begins; its length takes one byte, or as many more as the lower bits of that say. */
    private static int contentAt(byte[] der, int value) {
        int length = der[value + 1] & 0xff;
        return value + 2 + (length < 0x80 ? 0 : length & 0x7f);
    }

    private static int endAt(byte[] der, int value) {
        int content = contentAt(der, value);
        int length = der[value + 1] & 0xff;
        if (length >= 0x80) {
            length = 0;
            for (int i = value + 2; i < content; i++) {
                length = length << 8 | (der[i] & 0xff);
            }
        }
        return content + length;
    }

    /** A value of DER, whose length takes as few bytes as it can. */
    private static byte[] tagged(int tag, byte[]... contents) {
        int length = Arrays.stream(contents).mapToInt(content -> content.length).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
        if (length >= 0x80) {
            out.write(0x80 + bytes);
        }
        for (int i = bytes - 1; i >= 0; i--) {
            out.write(length >> (8 * i));
        }
        Arrays.stream(contents).forEach(out::writeBytes);
        return out.toByteArray();
    }
}
