package io.longshore.web.grpc;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.longshore.inference.GrpcTransport.Compression;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * gzip at one of the levels of {@code --grpc-infer-response-compression-level}. Thread-safe.
 *
 * @param level zlib's
 */
record InferCompression(int level) implements Compressor {
    /** As the wire calls it. */
    static final String ENCODING = "gzip";

    /** What a server may compress with. */
    static CompressorRegistry registry(Compression compression) {
        CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
        registry.register(Codec.Identity.NONE);
        registry.register(new InferCompression(
                switch (compression) {
                    case NONE, MEDIUM -> Deflater.DEFAULT_COMPRESSION;
                    case LOW -> Deflater.BEST_SPEED;
                    case HIGH -> Deflater.BEST_COMPRESSION;
                }));
        return registry;
    }

    @Override
    public String getMessageEncoding() {
        return ENCODING;
    }

    @Override
    public OutputStream compress(OutputStream target) throws IOException {
        return new Gzip(target, level);
    }

    private static final class Gzip extends GZIPOutputStream {
        Gzip(OutputStream target, int level) throws IOException {
            super(target);
            def.setLevel(level);
        }
    }
}
