package io.longshore.protocol.json;

import io.longshore.inference.InferenceException;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;

/** Writes the elements of a tensor as a flat JSON array. */
public final class TensorJsonWriter {
    private TensorJsonWriter() {}

    /**
     * Writes an array.
     *
     * @throws InferenceException INVALID_ARGUMENT where JSON cannot carry the datatype (FP16, BF16), or a string is not
     *     UTF-8; MODEL_FAILED where the model made BYTES that do not end with an element's end
     */
    public static void write(Tensor tensor, JsonOutput out) {
        out.raw('[');
        writeElements(tensor, out);
        out.raw(']');
    }

    /**
     * Writes the elements alone, with commas between them.
     *
     * @throws InferenceException as {@link #write}
     */
    public static void writeElements(Tensor tensor, JsonOutput out) {
        DataType type = tensor.type();
        if (type == DataType.FP16 || type == DataType.BF16) {
            throw JsonFaults.noJsonForOutput(type.wireName(), tensor.name());
        }
        if (type == DataType.BYTES) {
            writeStrings(tensor, out);
        } else {
            ByteBuffer in = tensor.buffer();
            writeNumbers(tensor, in, 0, in.remaining() / type.byteWidth(), out);
        }
    }

    /** Writes as many elements as surely fit into a chunk at a time, so that no element needs a check of its own. */
    static void writeNumbers(Tensor tensor, ByteBuffer in, int from, int end, JsonOutput out) {
        int done = from;
        while (done < end) {
            out.reserve(DecimalText.MAX_LENGTH + 1);
            int room = (out.chunk().length - out.position()) / (DecimalText.MAX_LENGTH + 1);
            int to = Math.min(end, done + room);
            out.moveTo(writeRun(tensor, in, done, to, out));
            done = to;
        }
        if (end > from) {
            out.moveTo(out.position() - 1);
        }
    }

    /** Writes elements with a comma behind each and returns the position behind the last. */
    private static int writeRun(Tensor tensor, ByteBuffer in, int from, int to, JsonOutput out) {
        byte[] chunk = out.chunk();
        int pos = out.position();
        return switch (tensor.type()) {
            case FP32 -> writeFloats(in, from, to, chunk, pos);
            case FP64 -> writeDoubles(in, from, to, chunk, pos);
            case BOOL -> writeBooleans(in, from, to, chunk, pos);
            case UINT64 -> writeUnsignedLongs(in, from, to, chunk, pos);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32 ->
                writeIntegers(in, tensor.type(), from, to, chunk, pos);
            case FP16, BF16, BYTES ->
                throw new IllegalArgumentException(tensor + " has no numbers that JSON can carry");
        };
    }

    private static int writeFloats(ByteBuffer in, int from, int to, byte[] chunk, int pos) {
        int at = pos;
        for (int i = from; i < to; i++) {
            at = FloatText.write(in.getFloat(i * Float.BYTES), chunk, at);
            chunk[at++] = ',';
        }
        return at;
    }

    private static int writeDoubles(ByteBuffer in, int from, int to, byte[] chunk, int pos) {
        int at = pos;
        for (int i = from; i < to; i++) {
            at = DoubleText.write(in.getDouble(i * Double.BYTES), chunk, at);
            chunk[at++] = ',';
        }
        return at;
    }

    private static int writeBooleans(ByteBuffer in, int from, int to, byte[] chunk, int pos) {
        int at = pos;
        for (int i = from; i < to; i++) {
            byte[] word = in.get(i) == 0 ? JsonOutput.FALSE : JsonOutput.TRUE;
            System.arraycopy(word, 0, chunk, at, word.length);
            at += word.length;
            chunk[at++] = ',';
        }
        return at;
    }

    private static int writeUnsignedLongs(ByteBuffer in, int from, int to, byte[] chunk, int pos) {
        int at = pos;
        for (int i = from; i < to; i++) {
            at = DecimalText.writeUnsigned(in.getLong(i * Long.BYTES), chunk, at);
            chunk[at++] = ',';
        }
        return at;
    }

    private static int writeIntegers(ByteBuffer in, DataType type, int from, int to, byte[] chunk, int pos) {
        int at = pos;
        for (int i = from; i < to; i++) {
            at = DecimalText.writeLong(integer(in, type, i), chunk, at);
            chunk[at++] = ',';
        }
        return at;
    }

    private static long integer(ByteBuffer in, DataType type, int index) {
        return switch (type) {
            case INT8 -> in.get(index);
            case UINT8 -> Byte.toUnsignedLong(in.get(index));
            case INT16 -> in.getShort(index * Short.BYTES);
            case UINT16 -> Short.toUnsignedLong(in.getShort(index * Short.BYTES));
            case INT32 -> in.getInt(index * Integer.BYTES);
            case UINT32 -> Integer.toUnsignedLong(in.getInt(index * Integer.BYTES));
            default -> in.getLong(index * Long.BYTES);
        };
    }

    private static void writeStrings(Tensor tensor, JsonOutput out) {
        ByteBuffer in = tensor.buffer();
        byte[] text = new byte[in.remaining()];
        in.get(0, text);
        int at = 0;
        while (at < text.length) {
            if (at > 0) {
                out.raw(',');
            }
            at = writeString(tensor, in, text, at, out);
        }
    }

    /**
     * Writes one element of BYTES.
     *
     * @param text the bytes of {@code in}
     * @param at where the element's length stands
     * @return where the next one's does
     */
    static int writeString(Tensor tensor, ByteBuffer in, byte[] text, int at, JsonOutput out) {
        int from = at + Integer.BYTES;
        int length = from <= text.length ? in.getInt(at) : -1;
        if (length < 0 || length > text.length - from) {
            throw JsonFaults.brokenOutput(tensor.name());
        }
        if (!out.utf8String(text, from, from + length)) {
            throw JsonFaults.noTextForOutput(tensor.name());
        }
        return from + length;
    }
}
