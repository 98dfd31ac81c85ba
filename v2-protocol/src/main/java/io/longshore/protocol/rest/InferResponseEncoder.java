package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import io.longshore.protocol.json.TensorJsonWriter;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Writes the bodies of inference responses. Thread-safe; made once and shared. */
public final class InferResponseEncoder {
    private static final int POOLED_CHUNKS = 256;

    private static final byte[] ID = JsonOutput.ascii("\"id\":");
    private static final byte[] MODEL_NAME = JsonOutput.ascii("\"model_name\":");
    private static final byte[] MODEL_VERSION = JsonOutput.ascii(",\"model_version\":\"");
    private static final byte[] PARAMETERS = JsonOutput.ascii(",\"parameters\":{");
    private static final byte[] OUTPUTS = JsonOutput.ascii("\"outputs\":[");
    private static final byte[] NAME = JsonOutput.ascii("{\"name\":");
    private static final byte[] DATATYPE = JsonOutput.ascii(",\"datatype\":");
    private static final byte[] SHAPE = JsonOutput.ascii(",\"shape\":[");
    private static final byte[] DATA = JsonOutput.ascii("],\"data\":");
    private static final byte[] BINARY_DATA_SIZE = JsonOutput.ascii("],\"parameters\":{\"binary_data_size\":");
    private static final byte[] END = JsonOutput.ascii("]}");

    private final ChunkPool chunks = new ChunkPool(POOLED_CHUNKS);

    /** An encoder with recycled memory of its own, of which it keeps up to 8 MiB. */
    public InferResponseEncoder() {}

    /**
     * Writes a response. On success the result takes over the response's references; on failure they stay with the
     * caller. The response's {@code id} is left out where it is empty, as Triton does; KServe's and Triton's clients
     * accept its absence. An output in shared memory has neither data nor parameters.
     *
     * @param format how the caller wants the outputs
     * @throws InferenceException INVALID_ARGUMENT where an output cannot be written as JSON (FP16, BF16, BYTES that are
     *     not UTF-8) and was not asked for as binary data
     */
    public EncodedResponse encode(InferenceResponse response, OutputFormat format) {
        JsonOutput out = new JsonOutput(chunks);
        try {
            writeHead(response, out);
            boolean binary = writeOutputs(response.outputs(), format, out);
            return finish(response, format, out, binary);
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }

    private static EncodedResponse finish(
            InferenceResponse response, OutputFormat format, JsonOutput out, boolean binary) {
        List<ByteBuffer> parts = out.parts();
        int jsonLength = EncodedResponse.byteSize(parts);
        for (Tensor output : response.outputs()) {
            if (isBinary(output, format) && output.byteSize() > 0) {
                parts.add(output.buffer());
            }
        }
        return new EncodedResponse(List.copyOf(parts), jsonLength, binary, () -> {
            out.release();
            response.release();
        });
    }

    private static void writeHead(InferenceResponse response, JsonOutput out) {
        out.raw('{');
        if (!response.id().isEmpty()) {
            out.raw(ID).string(response.id()).raw(',');
        }
        out.raw(MODEL_NAME).string(response.model().name());
        out.raw(MODEL_VERSION).integer(response.model().version()).raw('"');
        if (!response.parameters().isEmpty()) {
            writeParameters(response.parameters(), out);
        }
        out.raw(',');
    }

    private static void writeParameters(Parameters parameters, JsonOutput out) {
        out.raw(PARAMETERS);
        boolean first = true;
        for (Map.Entry<String, Object> parameter : parameters.asMap().entrySet()) {
            if (!first) {
                out.raw(',');
            }
            first = false;
            writeScalar(parameter.getValue(), out.string(parameter.getKey()).raw(':'));
        }
        out.raw('}');
    }

    /** Writes the value of a parameter. */
    static void writeScalar(Object value, JsonOutput out) {
        if (value instanceof Long integer) {
            out.integer(integer);
        } else if (value instanceof Double decimal) {
            out.decimal(decimal);
        } else if (value instanceof Boolean bool) {
            out.bool(bool);
        } else {
            out.string(value.toString());
        }
    }

    private static boolean writeOutputs(List<Tensor> outputs, OutputFormat format, JsonOutput out) {
        boolean anyBinary = false;
        out.raw(OUTPUTS);
        for (int i = 0; i < outputs.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            boolean binary = isBinary(outputs.get(i), format);
            writeOutput(outputs.get(i), binary, out);
            anyBinary |= binary;
        }
        out.raw(END);
        return anyBinary;
    }

    private static boolean isBinary(Tensor output, OutputFormat format) {
        return output.isHost() && format.isBinary(output.name());
    }

    private static void writeOutput(Tensor output, boolean binary, JsonOutput out) {
        out.raw(NAME).string(output.name());
        out.raw(DATATYPE).string(output.type().wireName());
        out.raw(SHAPE);
        for (int axis = 0; axis < output.shape().rank(); axis++) {
            if (axis > 0) {
                out.raw(',');
            }
            out.integer(output.shape().dim(axis));
        }
        if (binary) {
            out.raw(BINARY_DATA_SIZE).integer(output.byteSize()).raw('}');
        } else if (!output.isHost()) {
            out.raw(']');
        } else {
            TensorJsonWriter.write(output, out.raw(DATA));
        }
        out.raw('}');
    }
}
