package io.longshore.protocol.json;

import io.longshore.inference.InferenceException;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;

/** Writes a tensor as JSON arrays nested as its shape is, all of it or row by row. Not thread-safe; used once. */
public final class NestedJsonWriter {
    private final Tensor tensor;
    private final Shape shape;
    private final ByteBuffer in;
    /** The bytes of a tensor of BYTES. */
    private final byte[] text;
    /** The next element, or where it starts in a tensor of BYTES. */
    private int next;

    /**
     * A writer of a tensor, which must stay until the last call.
     *
     * @throws InferenceException INVALID_ARGUMENT where JSON cannot carry the datatype (FP16, BF16)
     */
    public NestedJsonWriter(Tensor tensor) {
        this.tensor = tensor;
        this.shape = tensor.shape();
        this.in = tensor.buffer();
        DataType type = tensor.type();
        if (type == DataType.FP16 || type == DataType.BF16) {
            throw JsonFaults.noJsonForOutput(type.wireName(), tensor.name());
        }
        this.text = type == DataType.BYTES ? new byte[in.remaining()] : new byte[0];
        in.get(0, text);
    }

    /**
     * Writes what comes next of the tensor.
     *
     * @param axis the first dimension of what is written: 0 = the whole tensor, 1 = a row, the rank = an element
     * @throws InferenceException INVALID_ARGUMENT where a string is not UTF-8; MODEL_FAILED where the model made BYTES that do
     *     not end with an element's end
     */
    public void write(int axis, JsonOutput out) {
        if (axis == shape.rank()) {
            writeElements(1, out);
            return;
        }
        int size = Math.toIntExact(shape.dim(axis));
        out.raw('[');
        if (axis == shape.rank() - 1) {
            writeElements(size, out);
        } else {
            for (int i = 0; i < size; i++) {
                if (i > 0) {
                    out.raw(',');
                }
                write(axis + 1, out);
            }
        }
        out.raw(']');
    }

    private void writeElements(int count, JsonOutput out) {
        if (tensor.type() != DataType.BYTES) {
            TensorJsonWriter.writeNumbers(tensor, in, next, next + count, out);
            next += count;
            return;
        }
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                out.raw(',');
            }
            next = TensorJsonWriter.writeString(tensor, in, text, next, out);
        }
    }
}
