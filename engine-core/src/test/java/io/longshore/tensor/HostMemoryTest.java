package io.longshore.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.longshore.Race;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    private final AtomicInteger freed = new AtomicInteger();

    private HostMemory counted(int byteSize) {
        return HostMemory.of(ByteBuffer.allocate(byteSize), freed::incrementAndGet);
    }

    @Test
    void lastRelease_freesOnce() {
        HostMemory memory = counted(4).retain();
        memory.release();
        assertThat(freed).hasValue(0);
        memory.release();
        assertThat(freed).hasValue(1);
    }

    @Test
    void slice_outlivesTheMemoryItWasCutFrom() {
        HostMemory memory = counted(8);
        memory.buffer().putInt(4, 0x01020304);
        HostMemory slice = memory.slice(4, 4);
        memory.release();

        assertThat(slice.buffer().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(slice.buffer().getInt()).isEqualTo(0x01020304);
        assertThat(slice.slice(1, 2).byteSize()).isEqualTo(2);
        slice.release();
        assertThat(freed).as("a slice of the slice is left").hasValue(0);
        slice.release();
        assertThat(freed).hasValue(1);
    }

    @Test
    void releasedMemory_cannotBeUsedAndIsNotFreedTwice() {
        HostMemory memory = counted(4);
        memory.release();

        assertThatIllegalStateException().isThrownBy(memory::release);
        assertThatIllegalStateException().isThrownBy(memory::retain);
        assertThatIllegalStateException().isThrownBy(memory::buffer);
        assertThatIllegalStateException().isThrownBy(() -> memory.slice(0, 1));
        assertThat(freed).hasValue(1);
    }

    @Test
    void sliceOutside_isRefusedAndTakesNoReference() {
        HostMemory memory = counted(4);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> memory.slice(2, 3));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> memory.slice(-1, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> memory.slice(1, Long.MAX_VALUE));
        memory.release();
        assertThat(freed).hasValue(1);
    }

    @Test
    void emptyMemoryReleasedTooOften_harmsNobodyElse() {
        HostMemory first = HostMemory.empty();
        HostMemory second = HostMemory.empty();
        first.release();

        assertThatIllegalStateException().isThrownBy(first::release);
        assertThat(second.buffer().hasRemaining()).isFalse();
        assertThat(HostMemory.empty().byteSize()).isZero();
    }

    @Test
    void buffers_haveTheirOwnPositions() {
        HostMemory memory = counted(4);
        memory.buffer().get();

        assertThat(memory.buffer().position()).isZero();
    }

    @Test
    void bufferGiven_isTakenFromPositionToLimit() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {0, 1, 2, 3}).position(1).limit(3);

        assertThat(HostMemory.wrap(bytes).buffer()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
    }

    /** Race: retains of freed memory against each other. Counting up from zero for a moment once brought it to life. */
    @Test
    void retainsOfFreedMemory_neverReviveIt() {
        HostMemory memory = counted(1);
        memory.release();
        AtomicInteger revived = new AtomicInteger();
        Runnable user = () -> {
            for (int round = 0; round < 20_000; round++) {
                revived.addAndGet(retained(memory));
            }
        };
        Race.of(user, user, user);

        assertThat(revived).hasValue(0);
        assertThat(freed).hasValue(1);
    }

    private static int retained(HostMemory memory) {
        try {
            memory.retain();
            return 1;
        } catch (IllegalStateException e) {
            return 0;
        }
    }

    /** Race: retain against the last release. Whoever got a reference can use it; the last one frees, once. */
    @RepeatedTest(20)
    void retainAgainstLastRelease_freesOnce(RepetitionInfo repetition) {
        for (int round = 0; round < 10; round++) {
            HostMemory memory = counted(1);
            int before = freed.get();
            Runnable user = () -> {
                if (retained(memory) > 0) {
                    assertThat(memory.buffer().hasRemaining()).isTrue();
                    memory.release();
                }
            };
            Race.of(user, user, memory::release);

            assertThat(freed.get() - before)
                    .as("frees, repetition %s", repetition.getCurrentRepetition())
                    .isEqualTo(1);
        }
    }

    @RepeatedTest(10)
    void randomRetainsAndSlices_freeWithTheLast(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        List<HostMemory> references = new ArrayList<>(List.of(counted(64)));
        int before = freed.get();
        while (!references.isEmpty()) {
            HostMemory one = references.get(random.nextInt(references.size()));
            if (references.size() < 20 && random.nextInt(5) > 1) {
                long from = random.nextInt((int) one.byteSize() + 1);
                references.add(random.nextBoolean() ? one.retain() : one.slice(from, one.byteSize() - from));
            } else {
                references.remove(one);
                one.release();
            }
            assertThat(freed.get() - before).as("seed " + seed).isEqualTo(references.isEmpty() ? 1 : 0);
            if (random.nextInt(50) == 0) {
                references.forEach(HostMemory::release);
                references.clear();
            }
        }
        assertThat(freed.get() - before).as("seed " + seed).isEqualTo(1);
    }
}
