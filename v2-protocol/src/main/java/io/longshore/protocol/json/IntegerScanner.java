package io.longshore.protocol.json;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads integers. A value must fit into 64 bits, signed or unsigned as the datatype is; of a narrower datatype it keeps the
 * lowest bits, as Triton does.
 */
final class IntegerScanner extends ArrayScanner {
    private static final int SAFE_DIGITS = 18;
    private static final int MAX_DIGITS = 20;

    private final ByteBuffer out;
    private final int width;
    private final boolean unsigned;
    private final int expected;

    IntegerScanner(JsonText text, ByteBuffer out, int width, boolean unsigned) {
        super(text);
        this.out = out;
        this.width = width;
        this.unsigned = unsigned;
        this.expected = out.remaining() / width;
    }

    @Override
    protected void run() {
        do {
            long value = next();
            if (count == expected) {
                throw JsonFaults.tooManyElements();
            }
            store(value);
            count++;
        } while (more());
    }

    private void store(long value) {
        switch (width) {
            case 1 -> out.put(count, (byte) value);
            case 2 -> out.putShort(count * 2, (short) value);
            case 4 -> out.putInt(count * 4, (int) value);
            default -> out.putLong(count * 8, value);
        }
    }

    private long next() {
        int at = pos;
        boolean negative = at(at) == '-';
        if (negative) {
            at++;
        }
        int first = at(at) - '0';
        if (first < 0 || first > 9) {
            throw wrong();
        }
        int digits = at;
        at++;
        long value = first;
        if (first != 0) {
            for (int digit = at(at) - '0'; digit >= 0 && digit <= 9; digit = at(at) - '0') {
                value = value * 10 + digit;
                at++;
            }
        }
        int following = at(at);
        if (following == '.' || (following | 0x20) == 'e' || (negative && unsigned && value != 0)) {
            throw wrong();
        }
        if (at - digits > SAFE_DIGITS) {
            value = exact(at);
        } else if (negative) {
            value = -value;
        }
        pos = at;
        return value;
    }

    private long exact(int to) {
        if (to - pos > MAX_DIGITS) {
            throw wrong();
        }
        String text = new String(in, pos, to - pos, StandardCharsets.US_ASCII);
        try {
            return unsigned ? Long.parseUnsignedLong(text) : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw wrong();
        }
    }

    private RuntimeException wrong() {
        String kind = unsigned ? "unsigned-integer" : "signed-integer";
        return wrongElement(kind, kind);
    }
}
