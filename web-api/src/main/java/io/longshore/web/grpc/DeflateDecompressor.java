package io.longshore.web.grpc;

import io.grpc.Decompressor;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;

/**
 * The message coding {@code deflate}, zlib's format (RFC 1950), which gRPC's C core has and grpc-java has not: Triton's
 * clients offer it beside gzip. Thread-safe.
 */
final class DeflateDecompressor implements Decompressor {
    @Override
    public String getMessageEncoding() {
        return "deflate";
    }

    @Override
    public InputStream decompress(InputStream compressed) {
        return new InflaterInputStream(compressed);
    }
}
