package io.longshore.schedule;

import java.util.ArrayList;
import java.util.List;

/** A batch in the making. Pure and not thread-safe; used once. */
final class BatchPlan<T> {
    private final BatchLimits limits;
    private final List<Waiting<T>> members = new ArrayList<>();
    private int rows;
    /** How many members make the best preferred size so far; 0 = none. */
    private int preferred;

    private boolean full;

    BatchPlan(BatchLimits limits) {
        this.limits = limits;
    }

    /** Adds the next in order; false if it does not fit, so that nothing further is to be added. The first always fits. */
    boolean add(Waiting<T> next) {
        boolean first = members.isEmpty();
        int sum = Math.addExact(rows, next.rows());
        if (!first && preferred == 0 && sum > limits.mostPreferred()) {
            preferred = members.size();
        }
        if (!first && sum > limits.maxRows()) {
            full = true;
            return false;
        }
        members.add(next);
        rows = sum;
        if (limits.isPreferred(rows)) {
            preferred = members.size();
        }
        return rows < limits.maxRows();
    }

    /**
     * The members of the batch; empty if it waits for more.
     *
     * @param late whether the oldest has waited as long as it may
     */
    List<Waiting<T>> members(boolean late) {
        if (preferred > 0 && !late) {
            return members.subList(0, preferred);
        }
        return full || late || limits.isEnough(rows) ? members : List.of();
    }
}
