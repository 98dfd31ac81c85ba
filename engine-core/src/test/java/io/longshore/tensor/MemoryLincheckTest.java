package io.longshore.tensor;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Every interleaving of two threads on what requests share: each outcome must be one that some order could have had. */
class MemoryLincheckTest {
    private static final int SCENARIOS = 6;
    private static final int SCHEDULES = 150;

    /** References of one piece of memory: what is freed stays freed, and is freed once. */
    public static class References {
        private final AtomicInteger freed = new AtomicInteger();
        private final HostMemory memory = HostMemory.of(ByteBuffer.allocate(4), this::freeOnce);

        private void freeOnce() {
            if (freed.getAndIncrement() > 0) {
                throw new AssertionError("freed twice");
            }
        }

        @Operation
        public void retain() {
            memory.retain();
        }

        @Operation
        public void release() {
            memory.release();
        }

        @Operation
        public boolean isReadable() {
            return memory.buffer().hasRemaining();
        }
    }

    /** A budget of three bytes, of which nothing is given back: never more is lent. */
    public static class Budget {
        private final BudgetedAllocator allocator = new BudgetedAllocator(MemoryAllocator.HEAP, 3);

        @Operation
        public boolean allocate(@Param(gen = IntGen.class, conf = "1:2") int byteSize) {
            try {
                return allocator.allocate(byteSize).byteSize() == byteSize;
            } catch (MemoryBudgetExceededException e) {
                return false;
            }
        }
    }

    @Test
    void references_inEveryInterleaving() {
        check(References.class);
    }

    @Test
    void budget_inEveryInterleaving() {
        check(Budget.class);
    }

    private static void check(Class<?> subject) {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(SCENARIOS)
                .invocationsPerIteration(SCHEDULES)
                .check(subject);
        new StressOptions()
                .threads(3)
                .actorsPerThread(3)
                .iterations(SCENARIOS)
                .invocationsPerIteration(SCHEDULES)
                .check(subject);
    }
}
