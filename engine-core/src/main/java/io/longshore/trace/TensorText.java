package io.longshore.trace;

import io.longshore.tensor.DataType;
import io.longshore.tensor.HalfFloats;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Tensors as the text of a trace: elements with commas between, strings in quotes. */
final class TensorText {
    /** Elements of a tensor that are written; a trace is to be read, and what it holds is in nobody's budget. */
    static final int MOST_ELEMENTS = 1 << 14;

    /** Bytes of strings of a tensor that are written. */
    static final int MOST_BYTES = 1 << 18;

    private static final String MORE = ",...";

    private TensorText() {}

    /** The dimensions, such as {@code 1,16}. */
    static String shape(Tensor tensor) {
        return Arrays.stream(tensor.shape().toArray()).mapToObj(Long::toString).collect(Collectors.joining(","));
    }

    /** The elements, up to the first that the bytes do not hold; empty for a tensor whose bytes are not at hand. */
    static String data(Tensor tensor) {
        if (!tensor.isHost()) {
            return "";
        }
        ByteBuffer bytes = tensor.buffer().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        return tensor.type() == DataType.BYTES ? strings(bytes) : numbers(bytes, tensor.type());
    }

    private static String numbers(ByteBuffer bytes, DataType type) {
        int count = bytes.remaining() / type.byteWidth();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(count, MOST_ELEMENTS); i++) {
            text.append(i == 0 ? "" : ",").append(number(bytes, type));
        }
        return text.append(count > MOST_ELEMENTS ? MORE : "").toString();
    }

    private static String number(ByteBuffer bytes, DataType type) {
        return switch (type) {
            case BOOL -> Boolean.toString(bytes.get() != 0);
            case INT8 -> Byte.toString(bytes.get());
            case UINT8 -> Integer.toString(Byte.toUnsignedInt(bytes.get()));
            case INT16 -> Short.toString(bytes.getShort());
            case UINT16 -> Integer.toString(Short.toUnsignedInt(bytes.getShort()));
            case INT32 -> Integer.toString(bytes.getInt());
            case UINT32 -> Integer.toUnsignedString(bytes.getInt());
            case INT64 -> Long.toString(bytes.getLong());
            case UINT64 -> Long.toUnsignedString(bytes.getLong());
            case FP16 -> Float.toString(HalfFloats.fromFp16(bytes.getShort()));
            case BF16 -> Float.toString(HalfFloats.fromBf16(bytes.getShort()));
            case FP32 -> Float.toString(bytes.getFloat());
            case FP64 -> Double.toString(bytes.getDouble());
            case BYTES -> throw new IllegalArgumentException("strings are no numbers");
        };
    }

    private static String strings(ByteBuffer bytes) {
        StringBuilder text = new StringBuilder();
        int end = Math.min(bytes.limit(), bytes.position() + MOST_BYTES);
        for (int count = 0; bytes.hasRemaining(); count++) {
            int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
            if (count == MOST_ELEMENTS || length < 0 || length > end - bytes.position()) {
                return text.append(MORE).toString();
            }
            byte[] element = new byte[length];
            bytes.get(element);
            text.append(count == 0 ? "" : ",")
                    .append('"')
                    .append(new String(element, StandardCharsets.UTF_8))
                    .append('"');
        }
        return text.toString();
    }
}
