package io.longshore.system;

import static io.longshore.system.TensorValues.tensor;

import java.math.BigInteger;
import java.util.List;

/** For each datatype of fixed width the values at which conversions go wrong, eight of each, as {@code INPUT0}. */
final class EdgeTensors {
    private static final List<Long> EIGHT = List.of(8L);
    private static final BigInteger MAX_UNSIGNED = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    private EdgeTensors() {}

    static List<WireTensor> all() {
        return List.of(
                tensor("INPUT0", "BOOL", EIGHT, true, false, false, true, true, true, false, false),
                tensor("INPUT0", "UINT8", EIGHT, 0, 1, 2, 127, 128, 129, 254, 255),
                tensor("INPUT0", "UINT16", EIGHT, 0, 1, 255, 256, 32767, 32768, 65534, 65535),
                tensor(
                        "INPUT0",
                        "UINT32",
                        EIGHT,
                        0,
                        1,
                        65535,
                        65536,
                        2147483647L,
                        2147483648L,
                        4294967294L,
                        4294967295L),
                tensor("INPUT0", "UINT64", EIGHT, 0, 1, 1L << 53, (1L << 53) + 1, Long.MAX_VALUE, MAX_UNSIGNED, 7, 8),
                tensor("INPUT0", "INT8", EIGHT, 0, 1, -1, 2, 127, -127, -128, 64),
                tensor("INPUT0", "INT16", EIGHT, 0, 1, -1, 255, 256, 32767, -32768, -32767),
                tensor("INPUT0", "INT32", EIGHT, 0, 1, -1, 65536, Integer.MAX_VALUE, Integer.MIN_VALUE, -65537, 9),
                tensor("INPUT0", "INT64", EIGHT, 0, 1, -1, 1L << 53, (1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE, 5),
                tensor("INPUT0", "FP16", EIGHT, 0, 0x8000, 0x3C00, 0x7BFF, 1, 0x7C00, 0xFC00, 0x3555),
                tensor("INPUT0", "BF16", EIGHT, 0, 0x8000, 0x3F80, 0x7F7F, 1, 0x7F80, 0xFF80, 0x4049),
                tensor(
                        "INPUT0",
                        "FP32",
                        EIGHT,
                        0f,
                        -0f,
                        0.1f,
                        Float.MIN_VALUE,
                        Float.MAX_VALUE,
                        16777216f,
                        Float.NEGATIVE_INFINITY,
                        Float.NaN),
                tensor(
                        "INPUT0",
                        "FP64",
                        EIGHT,
                        0d,
                        -0d,
                        0.1d,
                        Double.MIN_VALUE,
                        Double.MAX_VALUE,
                        9007199254740992d,
                        Double.POSITIVE_INFINITY,
                        Double.NaN));
    }
}
