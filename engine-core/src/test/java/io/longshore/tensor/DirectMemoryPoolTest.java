package io.longshore.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.longshore.Race;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class DirectMemoryPoolTest {
    private final DirectMemoryPool pool = new DirectMemoryPool(1 << 20);

    @Test
    void sizeClasses_growByAtMostAQuarterAndEndAtTheLimit() {
        int last = DirectMemoryPool.classOf(Integer.MAX_VALUE);
        for (int sizeClass = 1; sizeClass <= last; sizeClass++) {
            long smaller = DirectMemoryPool.pieceSize(sizeClass - 1);
            long size = DirectMemoryPool.pieceSize(sizeClass);
            assertThat(size).isGreaterThan(smaller).isLessThanOrEqualTo(smaller + smaller / 4);
        }
        assertThat(DirectMemoryPool.pieceSize(last)).isEqualTo(Integer.MAX_VALUE);
    }

    @RepeatedTest(5)
    void classOf_isTheSmallestThatFits(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        for (int round = 0; round < 50_000; round++) {
            long size = 1L + (random.nextInt(Integer.MAX_VALUE) >>> random.nextInt(31));
            checkClass(size, seed);
        }
        for (int sizeClass = 0; sizeClass < DirectMemoryPool.classOf(Integer.MAX_VALUE); sizeClass++) {
            checkClass(DirectMemoryPool.pieceSize(sizeClass), seed);
            checkClass(DirectMemoryPool.pieceSize(sizeClass) + 1, seed);
        }
    }

    private static void checkClass(long size, long seed) {
        int sizeClass = DirectMemoryPool.classOf(size);
        long piece = DirectMemoryPool.pieceSize(sizeClass);
        assertThat(piece).as("size %s seed %s", size, seed).isGreaterThanOrEqualTo(size);
        if (sizeClass > 0) {
            assertThat(DirectMemoryPool.pieceSize(sizeClass - 1))
                    .as("size %s", size)
                    .isLessThan(size);
            assertThat(piece - size).as("waste of size %s", size).isLessThanOrEqualTo(size / 4);
        }
    }

    @Test
    void returnedPiece_isLentAgain() {
        HostMemory first = pool.allocate(100);
        first.buffer().put(0, (byte) 42);
        first.release();
        assertThat(pool.retained()).isEqualTo(112);

        HostMemory again = pool.allocate(97);
        assertThat(again.buffer().get(0)).isEqualTo((byte) 42);
        assertThat(again.byteSize()).isEqualTo(97);
        assertThat(again.isDirect()).isTrue();
        assertThat(pool.retained()).isZero();
        again.release();
    }

    @Test
    void noBytes_areLegal() {
        HostMemory nothing = pool.allocate(0);

        assertThat(nothing.byteSize()).isZero();
        nothing.release();
        assertThat(pool.retained()).isZero();
    }

    @Test
    void impossibleSize_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> pool.allocate(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> pool.allocate(1L << 31));
    }

    @Test
    void retainedBytes_stayWithinTheLimit() {
        DirectMemoryPool small = new DirectMemoryPool(200);
        HostMemory[] pieces =
                IntStream.range(0, 5).mapToObj(n -> small.allocate(64)).toArray(HostMemory[]::new);
        for (HostMemory piece : pieces) {
            piece.release();
            assertThat(small.retained()).isLessThanOrEqualTo(200);
        }
        assertThat(small.retained()).isEqualTo(192);
    }

    /** Race: take against put in the same slots. A piece lent to two at once would show the other's mark. */
    @Test
    void piecesLentToManyThreads_belongToOneAtATime() {
        Runnable[] users = IntStream.range(0, 4)
                .<Runnable>mapToObj(user -> () -> useOften(user))
                .toArray(Runnable[]::new);
        Race.of(users);

        assertThat(pool.retained()).isBetween(0L, 1L << 20);
    }

    private void useOften(int user) {
        Random random = new Random(user);
        for (int round = 0; round < 5_000; round++) {
            HostMemory memory = pool.allocate(1 + random.nextInt(300));
            ByteBuffer bytes = memory.buffer();
            byte mark = (byte) (user * 31 + round);
            bytes.put(0, mark);
            if (random.nextInt(8) == 0) {
                Thread.onSpinWait();
            }
            assertThat(bytes.get(0)).isEqualTo(mark);
            memory.release();
        }
    }
}
