package io.longshore.schedule;

import io.longshore.tensor.DataType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;

/** Single elements of a tensor, as numbers and as C++'s {@code std::to_string} prints them. */
final class Elements {
    private static final int DECIMALS = 6;

    private Elements() {}

    /** The element of an integer type other than UINT64. */
    static long integer(ByteBuffer data, DataType type, int position) {
        return switch (type) {
            case INT8 -> data.get(position);
            case UINT8 -> Byte.toUnsignedLong(data.get(position));
            case INT16 -> data.getShort(position * Short.BYTES);
            case UINT16 -> Short.toUnsignedLong(data.getShort(position * Short.BYTES));
            case INT32 -> data.getInt(position * Integer.BYTES);
            case UINT32 -> Integer.toUnsignedLong(data.getInt(position * Integer.BYTES));
            case INT64 -> data.getLong(position * Long.BYTES);
            default -> throw new IllegalArgumentException(type + " is no integer of at most 63 bits");
        };
    }

    /** The text of an element of an integer type, FP32 or FP64. */
    static String text(ByteBuffer data, DataType type, int position) {
        return switch (type) {
            case FP32 -> text(data.getFloat(position * Float.BYTES));
            case FP64 -> text(data.getDouble(position * Double.BYTES));
            case UINT64 -> Long.toUnsignedString(data.getLong(position * Long.BYTES));
            default -> Long.toString(integer(data, type, position));
        };
    }

    /** As {@code %f} of the GNU C library: six decimals of the exact value, half to even, and the sign of zero and NaN. */
    static String text(double value) {
        String digits;
        if (Double.isNaN(value)) {
            digits = "nan";
        } else if (Double.isInfinite(value)) {
            digits = "inf";
        } else {
            digits = new BigDecimal(Math.abs(value))
                    .setScale(DECIMALS, RoundingMode.HALF_EVEN)
                    .toPlainString();
        }
        return Double.doubleToRawLongBits(value) < 0 ? "-" + digits : digits;
    }
}
