package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import io.longshore.protocol.json.TensorJsonWriter;
import io.longshore.tensor.Tensor;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Writes the bodies of generate responses (Triton's generate extension): an object of the id, the model, the response's
 * parameters and its outputs, each an array or, where there is just one, an element. Of fields with the same name the first
 * of these counts. Thread-safe; made once and shared.
 */
public final class GenerateResponseEncoder {
    private static final int POOLED_CHUNKS = 64;
    private static final byte[] DATA = JsonOutput.ascii("data: ");

    private final ChunkPool chunks = new ChunkPool(POOLED_CHUNKS);

    /** An encoder with recycled memory of its own, of which it keeps up to 2 MiB. */
    public GenerateResponseEncoder() {}

    /**
     * A response as a JSON object. The response stays the caller's, who may release it at once.
     *
     * @throws InferenceException INVALID_ARGUMENT where an output cannot be written as JSON (FP16, BF16, BYTES that are not
     *     UTF-8)
     */
    public EncodedResponse encode(InferenceResponse response) {
        JsonOutput out = new JsonOutput(chunks);
        try {
            writeObject(response, out);
            return EncodedResponse.ofJson(out);
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }

    /**
     * A response as a server-sent event; otherwise as {@link #encode}.
     *
     * @throws InferenceException as {@link #encode}
     */
    public EncodedResponse encodeEvent(InferenceResponse response) {
        JsonOutput out = new JsonOutput(chunks);
        try {
            writeObject(response, out.raw(DATA));
            return EncodedResponse.ofJson(out.raw('\n').raw('\n'));
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }

    /** A failure as a server-sent event. */
    public EncodedResponse errorEvent(String message) {
        JsonOutput out = new JsonOutput(chunks).raw(DATA).raw('{');
        out.string("error").raw(':').string(message);
        return EncodedResponse.ofJson(out.raw('}').raw('\n').raw('\n'));
    }

    private static void writeObject(InferenceResponse response, JsonOutput out) {
        Set<String> written = new HashSet<>();
        out.raw('{');
        if (!response.id().isEmpty()) {
            field("id", written, out).string(response.id()).raw(',');
        }
        field("model_name", written, out).string(response.model().name()).raw(',');
        field("model_version", written, out)
                .string(Long.toString(response.model().version()));
        for (Map.Entry<String, Object> parameter : response.parameters().asMap().entrySet()) {
            if (!written.contains(parameter.getKey())) {
                InferResponseEncoder.writeScalar(
                        parameter.getValue(), field(parameter.getKey(), written, out.raw(',')));
            }
        }
        for (Tensor output : response.outputs()) {
            if (!written.contains(output.name())) {
                writeOutput(output, field(output.name(), written, out.raw(',')));
            }
        }
        out.raw('}');
    }

    private static void writeOutput(Tensor output, JsonOutput out) {
        if (output.shape().elementCount() == 1) {
            TensorJsonWriter.writeElements(output, out);
        } else {
            TensorJsonWriter.write(output, out);
        }
    }

    private static JsonOutput field(String name, Set<String> written, JsonOutput out) {
        written.add(name);
        return out.string(name).raw(':');
    }
}
