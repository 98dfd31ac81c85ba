package io.longshore.inference;

import java.nio.charset.StandardCharsets;

/**
 * What the requests of a sequence have in common (V2 sequence extension): an unsigned 64-bit number, or a text.
 *
 * @param number the number; 0 where it is a text
 * @param text the text; empty where it is a number
 */
public record CorrelationId(long number, String text) {
    /** The parameter that holds it: a Long of 64 unsigned bits, or a String. */
    public static final String PARAMETER = "sequence_id";

    /** The id of a request that belongs to no sequence. */
    public static final CorrelationId NONE = new CorrelationId(0, "");

    /** The bytes that a text has at most. Source: {@code TRITONSERVER_InferenceRequestSetCorrelationIdString}. */
    private static final int MAX_TEXT_BYTES = 128;

    /**
     * The id that a request states, {@link #NONE} where it states none.
     *
     * @throws InferenceException UNSUPPORTED if it is a text of more than 128 bytes
     */
    public static CorrelationId of(Parameters parameters) {
        if (parameters.value(PARAMETER).isEmpty()) {
            return NONE;
        }
        String text = parameters.string(PARAMETER).orElse("");
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
            throw new InferenceException(
                    ErrorCode.UNSUPPORTED, "string correlation ID cannot be longer than 128 characters");
        }
        long number = parameters.integer(PARAMETER).orElse(0L);
        return text.isEmpty() && number == 0 ? NONE : new CorrelationId(number, text);
    }

    /** Whether the request belongs to a sequence. */
    public boolean isPresent() {
        return !equals(NONE);
    }

    /** Whether it is a text; {@link #NONE} is a number. */
    public boolean isText() {
        return !text.isEmpty();
    }

    /** The id as messages show it. */
    @Override
    public String toString() {
        return isText() ? text : Long.toUnsignedString(number);
    }
}
