package io.longshore.onnx;

import com.google.protobuf.ByteString;
import io.longshore.onnx.proto.StringStringEntryProto;
import io.longshore.onnx.proto.TensorProto;
import io.longshore.onnx.proto.TensorProto.DataLocation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor whose values are part of the model: a weight, or a constant operand.
 *
 * @param name its name in the graph
 * @param type its element type
 * @param dims its shape
 * @param bytes its values, little-endian and row-major; empty for strings
 * @param strings its values if {@code type} is STRING
 */
public record ConstantTensor(
        String name, ElementType type, List<Long> dims, ByteString bytes, List<ByteString> strings) {
    public ConstantTensor {
        dims = List.copyOf(dims);
        strings = List.copyOf(strings);
        long count = dims.stream().reduce(1L, Math::multiplyExact);
        long actual = type == ElementType.STRING ? strings.size() : bytes.size() / type.byteWidth();
        if (actual != count) {
            throw new IllegalArgumentException(
                    "constant '" + name + "' of shape " + dims + " needs " + count + " elements, got " + actual);
        }
    }

    /** An INT64 vector. */
    public static ConstantTensor int64s(String name, long... values) {
        ByteBuffer bytes = littleEndian(values.length * Long.BYTES);
        for (long value : values) {
            bytes.putLong(value);
        }
        return fixedWidth(name, ElementType.INT64, List.of((long) values.length), bytes.flip());
    }

    /** An FP32 vector. */
    public static ConstantTensor floats(String name, float... values) {
        ByteBuffer bytes = littleEndian(values.length * Float.BYTES);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return fixedWidth(name, ElementType.FLOAT, List.of((long) values.length), bytes.flip());
    }

    /** An FP32 scalar: a tensor of rank 0. */
    public static ConstantTensor scalar(String name, float value) {
        return fixedWidth(
                name,
                ElementType.FLOAT,
                List.of(),
                littleEndian(Float.BYTES).putFloat(value).flip());
    }

    /** A boolean scalar: a tensor of rank 0. */
    public static ConstantTensor scalar(String name, boolean value) {
        byte[] bytes = {(byte) (value ? 1 : 0)};
        return fixedWidth(name, ElementType.BOOL, List.of(), ByteBuffer.wrap(bytes));
    }

    /**
     * An FP32 tensor of small numbers, none of them zero, the same in every run: weights whose values do not matter but
     * whose pages must be real.
     */
    public static ConstantTensor weights(String name, long... dims) {
        long count = 1;
        for (long dim : dims) {
            count = Math.multiplyExact(count, dim);
        }
        ByteBuffer bytes = littleEndian(Math.toIntExact(Math.multiplyExact(count, (long) Float.BYTES)));
        for (int i = 0; bytes.hasRemaining(); i++) {
            // A prime period keeps neighbouring rows different.
            bytes.putFloat((i % 251 - 125.5f) / 4096f);
        }
        return fixedWidth(name, ElementType.FLOAT, boxed(dims), bytes.flip());
    }

    /** A tensor of a fixed-width type over the remaining little-endian bytes of a buffer. */
    public static ConstantTensor fixedWidth(String name, ElementType type, List<Long> dims, ByteBuffer bytes) {
        return new ConstantTensor(name, type, dims, ByteString.copyFrom(bytes), List.of());
    }

    /** A STRING vector. */
    public static ConstantTensor strings(String name, List<String> values) {
        List<ByteString> strings = values.stream().map(ByteString::copyFromUtf8).toList();
        return new ConstantTensor(name, ElementType.STRING, List.of((long) values.size()), ByteString.EMPTY, strings);
    }

    /** The tensor as ONNX files hold it, values included. */
    TensorProto toProto() {
        TensorProto.Builder proto = header();
        if (type == ElementType.STRING) {
            return proto.addAllStringData(strings).build();
        }
        return proto.setRawData(bytes).build();
    }

    /** The tensor as ONNX files hold it when the values lie in another file; strings cannot. */
    TensorProto toExternalProto(String file, long offset) {
        return header().setDataLocation(DataLocation.EXTERNAL)
                .addExternalData(entry("location", file))
                .addExternalData(entry("offset", String.valueOf(offset)))
                .addExternalData(entry("length", String.valueOf(bytes.size())))
                .build();
    }

    private TensorProto.Builder header() {
        return TensorProto.newBuilder().setName(name).setDataType(type.number()).addAllDims(dims);
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static ByteBuffer littleEndian(int byteSize) {
        return ByteBuffer.allocate(byteSize).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static List<Long> boxed(long... dims) {
        return Arrays.stream(dims).boxed().toList();
    }
}
