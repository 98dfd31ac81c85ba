package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import java.util.regex.Pattern;

/** The header that says how many bytes of JSON stand in front of binary tensors. */
public final class InferenceHeaderLength {
    /** The header's name. */
    public static final String NAME = "Inference-Header-Content-Length";

    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");

    private InferenceHeaderLength() {}

    /**
     * Reads the header's value.
     *
     * @param bodySize the size of the (uncompressed) body
     * @return 0 to {@code bodySize}; 0 = raw binary request
     * @throws InferenceException INVALID_ARGUMENT if it is no number or out of range
     */
    public static int parse(String value, long bodySize) {
        String trimmed = value.strip();
        if (!INTEGER.matcher(trimmed).matches()) {
            throw V2Errors.headerLengthNoNumber(value);
        }
        int length;
        try {
            length = Integer.parseInt(trimmed);
        } catch (NumberFormatException e) {
            throw V2Errors.headerLengthBeyondInt(value);
        }
        if (length < 0 || length > bodySize) {
            throw V2Errors.headerLengthOutOfRange(bodySize, value);
        }
        return length;
    }
}
