package io.longshore.protocol.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight ASCII digits at a time, as one 64-bit word. The arithmetic is that of Daniel Lemire, "Quickly parsing eight digits"
 * (2018), and Johnny Lee, "Fast numeric string to int" (2016), for reading, and Paul Khuong, "How to print integers really
 * fast" (2017), for writing.
 */
final class Digits {
    /** The digits of one word. */
    static final int MAX = 8;

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

    /**
     * Writes the last {@code count} digits of a number below 10^8, and what else a word holds behind them.
     *
     * @param out with at least {@link #MAX} bytes from {@code pos} on
     */
    static void write(int value, int count, byte[] out, int pos) {
        long halves = value / 10_000 | ((long) (value % 10_000) << 32);
        long hundreds = ((halves * 10_486) >>> 20) & 0x0000_007F_0000_007FL;
        long pairs = hundreds | ((halves - 100 * hundreds) << 16);
        long tens = ((pairs * 103) >>> 10) & 0x000F_000F_000F_000FL;
        long digits = tens | ((pairs - 10 * tens) << 8);
        LONG.set(out, pos, (digits | ZEROS) >>> (8 * (MAX - count)));
    }
}
