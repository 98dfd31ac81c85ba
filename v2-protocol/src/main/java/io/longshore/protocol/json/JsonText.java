package io.longshore.protocol.json;

/** A body of JSON text, UTF-8, as a part of an array that nobody changes meanwhile. */
public final class JsonText {
    private final byte[] bytes;
    private final int start;
    private final int end;
    private final int maxNesting;

    /**
     * A text.
     *
     * @param bytes holds it; not copied
     * @param start its first byte
     * @param end the byte behind its last
     * @param maxNesting arrays that may stand within each other in one tensor's data
     */
    public JsonText(byte[] bytes, int start, int end, int maxNesting) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.maxNesting = maxNesting;
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    int maxNesting() {
        return maxNesting;
    }
}
