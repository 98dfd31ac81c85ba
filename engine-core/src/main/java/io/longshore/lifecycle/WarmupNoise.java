package io.longshore.lifecycle;

import io.longshore.tensor.DataType;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Numbers without a pattern, the same at each load. Integers have all their bits random, as in Triton. Numbers with a
 * fraction lie in [0, 1), where Triton's random bits make infinities and NaN, with which a model takes other ways than
 * with its users' numbers.
 */
final class WarmupNoise {
    private static final long SEED = 1;
    /** The bits of 0.5; those of the mantissa, behind them, may be anything. */
    private static final int FP16_HALF = 0x3800;

    private static final int FP16_MANTISSA = 0x3FF;
    private static final int BF16_HALF = 0x3F00;
    private static final int BF16_MANTISSA = 0x7F;

    private WarmupNoise() {}

    /** Fills what remains of a little-endian buffer with numbers of a type of fixed width. */
    static void fill(ByteBuffer target, DataType type) {
        SplittableRandom random = new SplittableRandom(SEED);
        while (target.hasRemaining()) {
            switch (type) {
                case FP32 -> target.putFloat((float) random.nextInt(1 << 24) / (1 << 24));
                case FP64 -> target.putDouble(random.nextDouble());
                case FP16 -> target.putShort((short) (FP16_HALF | (random.nextInt() & FP16_MANTISSA)));
                case BF16 -> target.putShort((short) (BF16_HALF | (random.nextInt() & BF16_MANTISSA)));
                case BOOL -> target.put((byte) random.nextInt(2));
                default -> target.put((byte) random.nextInt());
            }
        }
    }
}
