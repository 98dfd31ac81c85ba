package io.longshore.protocol.grpc;

import com.google.protobuf.CodedOutputStream;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.grpc.proto.ModelStreamInferResponse;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Writes {@code ModelInferResponse}s, every output in {@code raw_output_contents}, where one in shared memory has an empty
 * entry. Thread-safe; made once and shared.
 *
 * <p>The size of a message is known before its first byte is written, and its tensors stay in their memory until then.
 */
public final class ProtoInferEncoder {
    private static final int POOLED_CHUNKS = 64;

    private final ChunkPool chunks = new ChunkPool(POOLED_CHUNKS);

    /** An encoder with recycled memory of its own, of which it keeps up to 2 MiB. */
    public ProtoInferEncoder() {}

    /**
     * A {@code ModelInferResponse}. On success the result takes over the response's references; on failure they stay with
     * the caller.
     *
     * @throws InferenceException UNSUPPORTED if the message would be larger than 2 GiB - 1 bytes
     */
    public EncodedMessage encode(InferenceResponse response) {
        ResponseHead head = new ResponseHead(response, Parameters.NONE);
        long size = head.byteSize() + rawSize(response.outputs());
        checkSize(size);
        byte[] bytes = new byte[head.byteSize()];
        write(bytes, head::writeTo);
        return new EncodedMessage(bytes, response, (int) size, chunks);
    }

    /**
     * A {@code ModelStreamInferResponse} that holds a response; otherwise as {@link #encode}.
     *
     * @param extra parameters beside the response's, for example {@code triton_final_response}; they count where both have
     *     one of the same name
     * @throws InferenceException UNSUPPORTED if the message would be larger than 2 GiB - 1 bytes
     */
    public EncodedMessage encodeStreamed(InferenceResponse response, Parameters extra) {
        ResponseHead head = new ResponseHead(response, extra);
        long innerSize = head.byteSize() + rawSize(response.outputs());
        checkSize(innerSize);
        int prefix = CodedOutputStream.computeTagSize(ModelStreamInferResponse.INFER_RESPONSE_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag((int) innerSize);
        checkSize(prefix + innerSize);
        byte[] bytes = new byte[prefix + head.byteSize()];
        write(bytes, out -> {
            ProtoFields.writePrefix(ModelStreamInferResponse.INFER_RESPONSE_FIELD_NUMBER, (int) innerSize, out);
            head.writeTo(out);
        });
        return new EncodedMessage(bytes, response, (int) (prefix + innerSize), chunks);
    }

    /**
     * A {@code ModelStreamInferResponse} that says why a request failed.
     *
     * @param message not empty: clients take an empty one for success
     * @param id the request's, or empty
     */
    public EncodedMessage encodeError(String message, String id) {
        ModelStreamInferResponse response = ModelStreamInferResponse.newBuilder()
                .setErrorMessage(message)
                .setInferResponse(ModelInferResponse.newBuilder().setId(id))
                .build();
        return new EncodedMessage(response.toByteArray());
    }

    private static long rawSize(List<Tensor> outputs) {
        long size = 0;
        for (int i = 0; i < outputs.size(); i++) {
            int byteSize = EncodedMessage.rawSize(outputs.get(i));
            size += EncodedMessage.prefixSize(byteSize) + (long) byteSize;
        }
        return size;
    }

    private static void checkSize(long size) {
        if (size > Integer.MAX_VALUE) {
            throw new InferenceException(
                    ErrorCode.UNSUPPORTED,
                    "the response has " + size + " bytes, and a message may have " + Integer.MAX_VALUE
                            + " at most; ask for fewer outputs at a time");
        }
    }

    private static void write(byte[] target, Part part) {
        CodedOutputStream out = CodedOutputStream.newInstance(target);
        try {
            part.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.checkNoSpaceLeft();
    }

    /** Something that can be written. */
    private interface Part {
        void writeTo(CodedOutputStream out) throws IOException;
    }
}
