package io.longshore.tensor;

/** Counts bytes that requests hold, whoever has allocated them, up to a limit. Thread-safe. */
public interface MemoryBudget {
    /**
     * Counts bytes, which are to be given back.
     *
     * @throws MemoryBudgetExceededException if they are not to be had now; nothing is counted then
     * @throws IllegalArgumentException if {@code byteSize} is negative
     */
    void reserve(long byteSize);

    /** Counts bytes no more. */
    void giveBack(long byteSize);
}
