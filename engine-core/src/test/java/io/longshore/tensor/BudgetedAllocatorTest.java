package io.longshore.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.longshore.Race;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BudgetedAllocatorTest {
    private final CountingAllocator source = new CountingAllocator();
    private final BudgetedAllocator allocator = new BudgetedAllocator(source, 100);

    @Test
    void bytes_countUntilTheLastReferenceIsReleased() {
        HostMemory memory = allocator.allocate(60);
        HostMemory slice = memory.slice(0, 1);
        memory.release();
        assertThat(allocator.inUse()).as("a slice keeps it all").isEqualTo(60);

        slice.release();
        assertThat(allocator.inUse()).isZero();
        assertThat(source.live()).isZero();
    }

    @Test
    void moreThanIsLeft_isRefusedWithTheFigures() {
        HostMemory memory = allocator.allocate(60);

        assertThatExceptionOfType(MemoryBudgetExceededException.class)
                .isThrownBy(() -> allocator.allocate(41))
                .withMessageContainingAll("100", "40", "41", "longshore.request-memory-limit");
        allocator.allocate(40).release();
        memory.release();
        assertThat(allocator.inUse()).isZero();
    }

    @Test
    void hugeSize_isRefusedWithoutOverflow() {
        allocator.allocate(1).release();

        assertThatExceptionOfType(MemoryBudgetExceededException.class)
                .isThrownBy(() -> allocator.allocate(Long.MAX_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> allocator.allocate(-1));
        assertThat(allocator.inUse()).isZero();
    }

    @Test
    void sourceThatFails_leavesNothingBooked() {
        BudgetedAllocator failing = new BudgetedAllocator(
                byteSize -> {
                    throw new OutOfMemoryError("test");
                },
                100);

        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> failing.allocate(10));
        assertThat(failing.inUse()).isZero();
    }

    /** Race: reservations against each other and against releases. */
    @Test
    void manyThreads_neverExceedTheLimitAndReturnAll() {
        Runnable[] users = IntStream.range(0, 4)
                .<Runnable>mapToObj(seed -> () -> useOften(new Random(seed)))
                .toArray(Runnable[]::new);
        Race.of(users);

        assertThat(allocator.inUse()).isZero();
        assertThat(source.liveBytes()).isZero();
    }

    private void useOften(Random random) {
        for (int round = 0; round < 2_000; round++) {
            try {
                HostMemory memory = allocator.allocate(random.nextInt(60));
                assertThat(source.liveBytes()).isLessThanOrEqualTo(100);
                assertThat(allocator.inUse()).isLessThanOrEqualTo(100);
                memory.release();
            } catch (MemoryBudgetExceededException e) {
                assertThat(e).hasMessageContaining("100 bytes");
            }
        }
    }
}
