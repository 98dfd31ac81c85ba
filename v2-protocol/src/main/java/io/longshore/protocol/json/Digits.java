package io.longshore.protocol.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Up to eight ASCII digits at a time as one 64-bit word, so that numbers of changing length cost no mispredicted branches.
 * The arithmetic is that of Daniel Lemire, "Quickly parsing eight digits" (2018), and Johnny Lee, "Fast numeric string to
 * int" (2016), for reading, and Paul Khuong, "How to print integers really fast" (2017), for writing.
 */
final class Digits {
    /** The digits of one word. */
    static final int MAX = 8;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ZEROS = 0x3030_3030_3030_3030L;
    /** Brings every byte above 9 to 128 and more. */
    private static final long ABOVE_9 = 0x7676_7676_7676_7676L;

    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final int[] POWERS = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000};
    private static final int COUNT_BITS = 4;

    private Digits() {}

    /**
     * Reads the digits from a position on, at most {@link #MAX}.
     *
     * @param end the end of the text
     * @return their number and value, for {@link #count} and {@link #value}
     */
    static long read(byte[] in, int pos, int end) {
        if (end - pos < MAX) {
            return readNearEnd(in, pos, end);
        }
        long digits = (long) LONG.get(in, pos) ^ ZEROS;
        long others = (digits | (digits + ABOVE_9)) & HIGH_BITS;
        int count = Long.numberOfTrailingZeros(others) >>> 3;
        // Two shifts, because a word cannot be shifted by all its bits at once.
        long aligned = digits << (4 * (MAX - count)) << (4 * (MAX - count));
        return ((long) eightDigits(aligned) << COUNT_BITS) | count;
    }

    private static long readNearEnd(byte[] in, int pos, int end) {
        int value = 0;
        int at = pos;
        while (at < end && in[at] >= '0' && in[at] <= '9') {
            value = value * 10 + in[at] - '0';
            at++;
        }
        return ((long) value << COUNT_BITS) | (at - pos);
    }

    /** The number of digits read. */
    static int count(long read) {
        return (int) read & ((1 << COUNT_BITS) - 1);
    }

    /** The number that the digits spell. */
    static int value(long read) {
        return (int) (read >>> COUNT_BITS);
    }

    /** {@code before} followed by the digits read. */
    static long append(long before, long read) {
        return before * POWERS[count(read)] + value(read);
    }

    /** The number of eight bytes of 0 to 9, the first in the lowest bits. */
    private static int eightDigits(long digits) {
        long pairs = digits * 10 + (digits >>> 8);
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
