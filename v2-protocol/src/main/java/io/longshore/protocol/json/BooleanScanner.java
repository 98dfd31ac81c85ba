package io.longshore.protocol.json;

import java.nio.ByteBuffer;

/** Reads {@code true} and {@code false}, and like Triton nothing else, as bytes of 1 and 0. */
final class BooleanScanner extends ArrayScanner {
    private final ByteBuffer out;
    private final int expected;

    BooleanScanner(JsonText text, ByteBuffer out) {
        super(text);
        this.out = out;
        this.expected = out.remaining();
    }

    @Override
    protected void run() {
        do {
            boolean value = next();
            if (count == expected) {
                throw JsonFaults.tooManyElements();
            }
            out.put(count, (byte) (value ? 1 : 0));
            count++;
        } while (more());
    }

    private boolean next() {
        if (startsWith("true")) {
            pos += 4;
            return true;
        }
        if (startsWith("false")) {
            pos += 5;
            return false;
        }
        throw wrongElement("boolean", "boolean");
    }
}
