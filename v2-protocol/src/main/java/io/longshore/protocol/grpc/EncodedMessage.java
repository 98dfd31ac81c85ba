package io.longshore.protocol.grpc;

import com.google.protobuf.CodedOutputStream;
import io.longshore.inference.InferenceResponse;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A message on its way out: what stands before the tensors, then the tensors, which stay where they are until they are
 * written. It owns the response's references to its outputs until {@link #close()}.
 *
 * <p>May be handed from one thread to another, and closed by any; it must not be closed while it is written.
 */
public final class EncodedMessage implements AutoCloseable {
    private final byte[] head;
    private final List<Tensor> outputs;
    private final Runnable release;
    private final ChunkPool chunks;
    private final int byteSize;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * A message.
     *
     * @param head everything before {@code raw_output_contents}
     * @param response whose outputs follow; it belongs to this message now
     * @param byteSize of the whole message
     */
    EncodedMessage(byte[] head, InferenceResponse response, int byteSize, ChunkPool chunks) {
        this.head = head;
        this.outputs = response.outputs();
        this.release = response::release;
        this.byteSize = byteSize;
        this.chunks = chunks;
    }

    /** A message without tensors. */
    EncodedMessage(byte[] head) {
        this.head = head;
        this.outputs = List.of();
        this.release = () -> {};
        this.byteSize = head.length;
        this.chunks = ChunkPool.NONE;
    }

    /** The bytes of an output in the message: none where it is in shared memory. */
    static int rawSize(Tensor output) {
        return output.isHost() ? Math.toIntExact(output.byteSize()) : 0;
    }

    /** The bytes that the entry of an output takes, without those of the output itself. */
    static int prefixSize(int outputSize) {
        return CodedOutputStream.computeTagSize(ModelInferResponse.RAW_OUTPUT_CONTENTS_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(outputSize);
    }

    /** The exact number of bytes that {@link #writeTo} writes. */
    public int byteSize() {
        return byteSize;
    }

    /**
     * Writes the message. A tensor's bytes are copied once here, into the array that is handed to the stream.
     *
     * @throws IOException if the stream fails
     * @throws IllegalStateException if there are tensors and this is closed
     */
    public void writeTo(OutputStream out) throws IOException {
        if (outputs.isEmpty()) {
            out.write(head);
            return;
        }
        byte[] chunk = chunks.take();
        try {
            ChunkWriter writer = new ChunkWriter(out, chunk);
            writer.write(head);
            for (Tensor output : outputs) {
                int byteSize = rawSize(output);
                writer.writePrefix(ModelInferResponse.RAW_OUTPUT_CONTENTS_FIELD_NUMBER, byteSize);
                if (byteSize > 0) {
                    writer.write(output.buffer());
                }
            }
            writer.flush();
        } finally {
            chunks.give(chunk);
        }
    }

    /** Ends the references to the outputs. Further calls do nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
