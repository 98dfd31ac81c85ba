package io.longshore.schedule;

/**
 * When what has not paid is tried again: at every sixteenth execution, and after twice as many each time that it was tried in
 * vain, with nobody else there. Who asks for one thing at a time then pays next to nothing for what cannot be learned from him,
 * and the first execution that had company makes trials as frequent as before. Pure and not thread-safe.
 */
final class Trials {
    private static final int MOST_RUNS_BETWEEN = 128;
    private static final int LEAST_RUNS_BETWEEN = 16;

    private int between = LEAST_RUNS_BETWEEN;
    private int left = between;

    /**
     * Notes that an execution is over.
     *
     * @param alone whether it was of one request and none waits, so that a trial would have been in vain
     */
    void ran(boolean alone) {
        if (!alone) {
            between = LEAST_RUNS_BETWEEN;
        } else if (isDue()) {
            between = Math.min(2 * between, MOST_RUNS_BETWEEN);
        }
        left = Math.min(isDue() ? between : left, between) - 1;
    }

    /** Whether the next execution is to be a trial. */
    boolean isDue() {
        return left == 0;
    }
}
