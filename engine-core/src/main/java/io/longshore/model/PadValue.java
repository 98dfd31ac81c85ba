package io.longshore.model;

import io.longshore.tensor.DataType;
import io.longshore.tensor.HalfFloats;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** Reads the value of one element from a configuration. */
public final class PadValue {
    private PadValue() {}

    /** The little-endian bytes of an element of a fixed-width type; empty if the text is no value of that type. */
    public static Optional<byte[]> bytes(DataType type, String text) {
        try {
            return switch (type) {
                case BOOL -> bool(text);
                case UINT8, UINT16, UINT32, UINT64 -> integer(new BigInteger(text), type.byteWidth(), false);
                case INT8, INT16, INT32, INT64 -> integer(new BigInteger(text), type.byteWidth(), true);
                case FP16, BF16, FP32, FP64 -> floating(type, Double.parseDouble(text));
                case BYTES -> Optional.empty();
            };
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> bool(String text) {
        return switch (text) {
            case "0", "false" -> Optional.of(new byte[] {0});
            case "1", "true" -> Optional.of(new byte[] {1});
            default -> Optional.empty();
        };
    }

    private static Optional<byte[]> integer(BigInteger value, int width, boolean signed) {
        int bits = 8 * width;
        boolean fits = signed ? value.bitLength() < bits : value.signum() >= 0 && value.bitLength() <= bits;
        return fits ? Optional.of(littleEndian(width, value.longValue())) : Optional.empty();
    }

    /** A number beyond the type's range is none of its values; an infinity is. */
    private static Optional<byte[]> floating(DataType type, double value) {
        float narrow = (float) value;
        short half = type == DataType.FP16 ? HalfFloats.toFp16(narrow) : HalfFloats.toBf16(narrow);
        double kept = switch (type) {
            case FP64 -> value;
            case FP32 -> narrow;
            case FP16 -> HalfFloats.fromFp16(half);
            default -> HalfFloats.fromBf16(half);
        };
        if (Double.isNaN(value) || Double.isInfinite(kept) != Double.isInfinite(value)) {
            return Optional.empty();
        }
        long bits = switch (type) {
            case FP64 -> Double.doubleToRawLongBits(value);
            case FP32 -> Float.floatToRawIntBits(narrow);
            default -> half;
        };
        return Optional.of(littleEndian(type.byteWidth(), bits));
    }

    private static byte[] littleEndian(int width, long bits) {
        byte[] all = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bits)
                .array();
        return Arrays.copyOf(all, width);
    }
}
