package io.longshore.web.rest;

import java.io.IOException;
import java.io.InputStream;

/** Reads bodies of a few settings or names. */
final class SmallBody {
    /** Room for the longest shared memory key, escaped; what is longer is cut off, and then no JSON. */
    private static final int MOST_BYTES = 1 << 16;

    private SmallBody() {}

    static byte[] read(InputStream body) throws IOException {
        return body.readNBytes(MOST_BYTES);
    }
}
