package io.longshore.web.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.longshore.protocol.grpc.EncodedMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message as gRPC takes it: the transport asks for the length and has the bytes written into its own buffers. Only a
 * stream that is read, as by a compressor, makes a copy. gRPC closes it as soon as it is copied, while the message stays with
 * the call until it is written. Not thread-safe.
 */
final class MessageStream extends InputStream implements KnownLength, Drainable {
    private final EncodedMessage message;
    private @Nullable InputStream copy;
    private boolean drained;

    MessageStream(EncodedMessage message) {
        this.message = message;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        if (copy != null) {
            return (int) copy.transferTo(target);
        }
        if (drained) {
            return 0;
        }
        drained = true;
        message.writeTo(target);
        return message.byteSize();
    }

    @Override
    public int available() throws IOException {
        if (copy != null) {
            return copy.available();
        }
        return drained ? 0 : message.byteSize();
    }

    @Override
    public int read() throws IOException {
        return copied().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return copied().read(target, offset, length);
    }

    private InputStream copied() throws IOException {
        InputStream bytes = copy;
        if (bytes == null) {
            ByteArrayOutputStream all = new ByteArrayOutputStream(available());
            drainTo(all);
            bytes = new ByteArrayInputStream(all.toByteArray());
            copy = bytes;
        }
        return bytes;
    }
}
