package io.longshore.tensor;

/** A bounded allocator has too few bytes left for what was asked; a smaller request or a later one may succeed. */
public final class MemoryBudgetExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MemoryBudgetExceededException(String message) {
        super(message);
    }
}
