package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import io.longshore.protocol.json.NestedJsonWriter;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the bodies of V1 responses: {@code {"predictions":…}} or {@code {"explanations":…}}, with a row for each of the
 * request's, or with whole tensors where the request had those. Thread-safe; made once and shared.
 */
public final class PredictResponseEncoder {
    private static final int POOLED_CHUNKS = 64;

    private final ChunkPool chunks = new ChunkPool(POOLED_CHUNKS);

    /** An encoder with recycled memory of its own, of which it keeps up to 2 MiB. */
    public PredictResponseEncoder() {}

    /**
     * Writes a response. The response stays the caller's, who may release it at once.
     *
     * @param field what the answer is called
     * @param format {@link OutputFormat#COLUMNS} for whole tensors
     * @throws InferenceException INVALID_ARGUMENT where an output cannot be written as JSON (FP16, BF16, BYTES that are not
     *     UTF-8), or where rows are wanted and the outputs have different numbers of them
     */
    public EncodedResponse encode(String field, InferenceResponse response, OutputFormat format) {
        JsonOutput out = new JsonOutput(chunks);
        try {
            out.raw('{').string(field).raw(':');
            write(response.outputs(), format == OutputFormat.COLUMNS, out);
            return EncodedResponse.ofJson(out.raw('}'));
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }

    private static void write(List<Tensor> outputs, boolean byColumn, JsonOutput out) {
        if (outputs.size() == 1) {
            new NestedJsonWriter(outputs.get(0)).write(0, out);
        } else if (byColumn) {
            writeObject(outputs, writers(outputs), 0, out);
        } else {
            writeRows(outputs, out);
        }
    }

    private static void writeRows(List<Tensor> outputs, JsonOutput out) {
        long rows = rows(outputs);
        List<NestedJsonWriter> writers = writers(outputs);
        out.raw('[');
        for (long i = 0; i < rows; i++) {
            if (i > 0) {
                out.raw(',');
            }
            writeObject(outputs, writers, 1, out);
        }
        out.raw(']');
    }

    private static void writeObject(List<Tensor> outputs, List<NestedJsonWriter> writers, int axis, JsonOutput out) {
        out.raw('{');
        for (int i = 0; i < outputs.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.string(outputs.get(i).name()).raw(':');
            writers.get(i).write(axis, out);
        }
        out.raw('}');
    }

    private static List<NestedJsonWriter> writers(List<Tensor> outputs) {
        List<NestedJsonWriter> writers = new ArrayList<>(outputs.size());
        for (Tensor output : outputs) {
            writers.add(new NestedJsonWriter(output));
        }
        return writers;
    }

    private static long rows(List<Tensor> outputs) {
        long rows = -1;
        for (Tensor output : outputs) {
            long own = output.shape().rank() == 0 ? -1 : output.shape().dim(0);
            if (own < 0 || (rows >= 0 && own != rows)) {
                throw V2Errors.invalid(
                        "the outputs have different numbers of rows; give 'inputs' instead of 'instances'"
                                + " for an answer by output");
            }
            rows = own;
        }
        return Math.max(rows, 0);
    }
}
