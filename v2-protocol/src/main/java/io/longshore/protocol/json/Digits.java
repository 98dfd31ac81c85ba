package io.longshore.protocol.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight ASCII digits at a time, as one 64-bit word. The sums are those of Daniel Lemire, "Quickly parsing eight digits"
 * (2018), and of Johnny Lee, "Fast numeric string to int" (2016).
 */
final class Digits {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ZEROS = 0x3030_3030_3030_3030L;
    private static final long HIGH_NIBBLES = 0xF0F0_F0F0_F0F0_F0F0L;
    private static final long SIXES = 0x0606_0606_0606_0606L;

    private Digits() {}

    /** The eight bytes from a position on, the first in the lowest bits. */
    static long word(byte[] in, int pos) {
        return (long) LONG.get(in, pos);
    }

    /** Whether all eight bytes are digits. */
    static boolean areDigits(long word) {
        return ((word & HIGH_NIBBLES) | (((word + SIXES) & HIGH_NIBBLES) >>> 4)) == (ZEROS | (ZEROS >>> 4));
    }

    /** The number that eight digits spell. */
    static int value(long word) {
        long pairs = (word - ZEROS) * 10 + ((word - ZEROS) >>> 8);
        long low = (pairs & 0x0000_00FF_0000_00FFL) * (100L + (1_000_000L << 32));
        long high = ((pairs >>> 16) & 0x0000_00FF_0000_00FFL) * (1L + (10_000L << 32));
        return (int) ((low + high) >>> 32);
    }
}
