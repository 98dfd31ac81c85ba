package io.longshore.system;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The values of tensors' bytes: Boolean, BigInteger, Float, Double, or byte[] for BYTES; FP16 and BF16 as their bits. */
final class TensorValues {
    private TensorValues() {}

    /** The values of a tensor's bytes. */
    static List<Object> of(WireTensor tensor) {
        ByteBuffer in = ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN);
        List<Object> values = new ArrayList<>();
        while (in.hasRemaining()) {
            values.add(next(in, tensor.datatype()));
        }
        return values;
    }

    private static Object next(ByteBuffer in, String datatype) {
        return switch (datatype) {
            case "BOOL" -> in.get() != 0;
            case "FP32" -> in.getFloat();
            case "FP64" -> in.getDouble();
            case "BYTES" -> {
                byte[] element = new byte[in.getInt()];
                in.get(element);
                yield element;
            }
            default -> integer(in, width(datatype), datatype.startsWith("INT"));
        };
    }

    private static BigInteger integer(ByteBuffer in, int width, boolean signed) {
        byte[] bytes = new byte[width];
        for (int i = width - 1; i >= 0; i--) {
            bytes[i] = in.get();
        }
        return signed ? new BigInteger(bytes) : new BigInteger(1, bytes);
    }

    /** Bytes of one element; 0 for BYTES. */
    static int width(String datatype) {
        return switch (datatype) {
            case "BOOL", "INT8", "UINT8" -> 1;
            case "INT16", "UINT16", "FP16", "BF16" -> 2;
            case "INT32", "UINT32", "FP32" -> 4;
            case "INT64", "UINT64", "FP64" -> 8;
            default -> 0;
        };
    }

    /** The bytes of values, as {@link #of} gives them. */
    static byte[] bytes(String datatype, List<?> values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object value : values) {
            out.writeBytes(element(datatype, value));
        }
        return out.toByteArray();
    }

    private static byte[] element(String datatype, Object value) {
        if (value instanceof byte[] text) {
            return buffer(Integer.BYTES + text.length)
                    .putInt(text.length)
                    .put(text)
                    .array();
        }
        if (value instanceof Boolean flag) {
            return new byte[] {(byte) (flag ? 1 : 0)};
        }
        if (value instanceof Float number) {
            return buffer(Float.BYTES).putFloat(number).array();
        }
        if (value instanceof Double number) {
            return buffer(Double.BYTES).putDouble(number).array();
        }
        byte[] eight = buffer(Long.BYTES).putLong(((Number) value).longValue()).array();
        return Arrays.copyOf(eight, width(datatype));
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A tensor of values. */
    static WireTensor tensor(String name, String datatype, List<Long> shape, Object... values) {
        return new WireTensor(name, datatype, shape, bytes(datatype, List.of(values)));
    }

    /** A tensor of texts. */
    static WireTensor texts(String name, List<Long> shape, String... texts) {
        List<byte[]> elements = new ArrayList<>();
        for (String text : texts) {
            elements.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return new WireTensor(name, "BYTES", shape, bytes("BYTES", elements));
    }
}
