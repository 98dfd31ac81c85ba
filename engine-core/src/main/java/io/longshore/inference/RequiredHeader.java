package io.longshore.inference;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A header that a call needs. Immutable.
 *
 * @param name as messages tell it
 * @param value the secret, which no message tells
 */
public record RequiredHeader(String name, String value) {
    /** Whether a call's header has the value; takes as long for any text of the same length. */
    public boolean accepts(@Nullable String given) {
        return given != null && MessageDigest.isEqual(bytes(given), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The name alone. */
    @Override
    public String toString() {
        return "RequiredHeader[" + name + "]";
    }
}
