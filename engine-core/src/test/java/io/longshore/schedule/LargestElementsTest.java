package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LargestElementsTest {
    private static final List<DataType> TYPES = List.of(
            DataType.UINT8,
            DataType.UINT16,
            DataType.UINT32,
            DataType.UINT64,
            DataType.INT8,
            DataType.INT16,
            DataType.INT32,
            DataType.INT64,
            DataType.FP32,
            DataType.FP64);

    /** Random bytes, most of them few values so that there are ties, against a stable sort of boxed values. */
    @Test
    void anyRow_isRankedAsAStableSortDoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 4000; round++) {
            DataType type = TYPES.get(round % TYPES.size());
            int first = random.nextInt(4);
            int count = random.nextInt(40);
            int wanted = count == 0 ? 0 : random.nextInt(count + 1);
            ByteBuffer data = data(random, type, first + count);

            assertThat(LargestElements.positions(data, type, first, count, wanted))
                    .as("seed %s, round %s, %s", seed, round, type)
                    .containsExactly(sorted(data, type, first, count, wanted));
        }
    }

    @Test
    void equalElements_keepTheirOrder() {
        ByteBuffer data = floats(1, 3, 3, 2, 3);

        assertThat(LargestElements.positions(data, DataType.FP32, 0, 5, 4)).containsExactly(1, 2, 4, 3);
    }

    @Test
    void zerosOfBothSigns_areEqual() {
        assertThat(LargestElements.positions(floats(-0f, 0f, -0f), DataType.FP32, 0, 3, 3))
                .containsExactly(0, 1, 2);
    }

    @Test
    void nan_isBelowEveryNumber() {
        ByteBuffer data = floats(Float.NaN, Float.NEGATIVE_INFINITY, 1, Float.POSITIVE_INFINITY, Float.NaN);

        assertThat(LargestElements.positions(data, DataType.FP32, 0, 5, 5)).containsExactly(3, 2, 1, 0, 4);
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return data;
    }

    private static ByteBuffer data(Random random, DataType type, int count) {
        byte[] bytes = new byte[count * type.byteWidth()];
        random.nextBytes(bytes);
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            if (random.nextBoolean()) {
                for (int b = 0; b < type.byteWidth(); b++) {
                    data.put(i * type.byteWidth() + b, (byte) (random.nextBoolean() ? 0 : -1));
                }
            }
        }
        return data;
    }

    private static int[] sorted(ByteBuffer data, DataType type, int first, int count, int wanted) {
        return IntStream.range(0, count)
                .boxed()
                .sorted(order(data, type, first))
                .limit(wanted)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static Comparator<Integer> order(ByteBuffer data, DataType type, int first) {
        return switch (type) {
            case FP32 -> (a, b) -> compare(data.getFloat((first + a) * 4), data.getFloat((first + b) * 4));
            case FP64 -> (a, b) -> compare(data.getDouble((first + a) * 8), data.getDouble((first + b) * 8));
            case UINT64 -> (a, b) -> Long.compareUnsigned(data.getLong((first + b) * 8), data.getLong((first + a) * 8));
            default ->
                (a, b) ->
                        Long.compare(Elements.integer(data, type, first + b), Elements.integer(data, type, first + a));
        };
    }

    private static int compare(double a, double b) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
        }
        return a == b ? 0 : Double.compare(b, a);
    }
}
