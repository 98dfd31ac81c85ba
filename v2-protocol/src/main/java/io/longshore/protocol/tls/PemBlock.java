package io.longshore.protocol.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a PEM file (RFC 7468).
 *
 * @param label what the block holds, for example {@code CERTIFICATE}
 * @param body the base64 text between its two lines
 */
record PemBlock(String label, String body) {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /**
     * The blocks of a file in their order.
     *
     * @throws TlsFileException if it cannot be read, has more than 1 MiB or holds no block
     */
    static List<PemBlock> read(Path file) throws TlsFileException {
        Matcher found = BLOCK.matcher(text(file));
        List<PemBlock> blocks = new ArrayList<>();
        while (found.find()) {
            blocks.add(new PemBlock(found.group(1), found.group(2)));
        }
        if (blocks.isEmpty()) {
            throw new TlsFileException(file + " is not PEM: it has no '-----BEGIN …-----' block that is complete");
        }
        return blocks;
    }

    private static String text(Path file) throws TlsFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new TlsFileException(file + " has more than " + MAX_BYTES + " bytes; expected a PEM file");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new TlsFileException(file + " does not exist", e);
        } catch (IOException e) {
            throw new TlsFileException(file + " cannot be read: " + e, e);
        }
    }

    /**
     * The bytes, DER.
     *
     * @throws TlsFileException if the body is not base64
     */
    byte[] der(Path file) throws TlsFileException {
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            // Not with its cause, whose message shows a character of the body.
            throw new TlsFileException(file + " is broken: the body of its '" + label + "' block is not base64");
        }
    }

    /** The label alone: the body may be a key. */
    @Override
    public String toString() {
        return "PemBlock[" + label + "]";
    }
}
