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

class MemoryPoolTest {
    private final MemoryPool pool = MemoryPool.direct(1 << 20);

    @Test
    void sizeClasses_growByAtMostAQuarterAndEndAtTheLimit() {
        int last = MemoryPool.classOf(Integer.MAX_VALUE);
        for (int sizeClass = 1; sizeClass <= last; sizeClass++) {
            long smaller = MemoryPool.pieceSize(sizeClass - 1);
            long size = MemoryPool.pieceSize(sizeClass);
            assertThat(size).isGreaterThan(smaller).isLessThanOrEqualTo(smaller + smaller / 4);
        }
        assertThat(MemoryPool.pieceSize(last)).isEqualTo(Integer.MAX_VALUE);
    }

    @RepeatedTest(5)
    void classOf_isTheSmallestThatFits(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        for (int round = 0; round < 50_000; round++) {
            long size = 1L + (random.nextInt(Integer.MAX_VALUE) >>> random.nextInt(31));
            checkClass(size, seed);
        }
        for (int sizeClass = 0; sizeClass < MemoryPool.classOf(Integer.MAX_VALUE); sizeClass++) {
            checkClass(MemoryPool.pieceSize(sizeClass), seed);
            checkClass(MemoryPool.pieceSize(sizeClass) + 1, seed);
        }
    }

    private static void checkClass(long size, long seed) {
        int sizeClass = MemoryPool.classOf(size);
        long piece = MemoryPool.pieceSize(sizeClass);
        assertThat(piece).as("size %s seed %s", size, seed).isGreaterThanOrEqualTo(size);
        if (sizeClass > 0) {
            assertThat(MemoryPool.pieceSize(sizeClass - 1)).as("size %s", size).isLessThan(size);
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

    /** Readers of bodies and writers of answers are different threads: pieces must not be lost between them. */
    @Test
    void pieceThatAnotherThreadGivesBack_isFound() throws InterruptedException {
        MemoryPool large = MemoryPool.direct(1 << 30);
        for (int round = 0; round < 100; round++) {
            HostMemory piece = large.allocate(1 << 20);
            Thread other = new Thread(piece::release);
            other.start();
            other.join();
            assertThat(large.retained()).as("one piece goes round").isEqualTo(1 << 20);
        }
    }

    @Test
    void heapPool_lendsArraysAgain() {
        MemoryPool heap = MemoryPool.heap(1 << 20);
        HostMemory first = heap.allocate(1000);
        byte[] array = first.buffer().array();
        first.release();
        HostMemory again = heap.allocate(900);

        assertThat(again.isDirect()).isFalse();
        assertThat(again.buffer().array()).isSameAs(array);
        assertThat(again.buffer().remaining()).isEqualTo(900);
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
        MemoryPool small = MemoryPool.direct(200);
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
