package io.longshore.schedule;

/** How long a batch waits for more rows while an instance is idle. Pure and not thread-safe. */
interface BatchDelay {
    /** Not at all. */
    BatchDelay NONE = new BatchDelay() {
        @Override
        public boolean mayWait(long rows) {
            return false;
        }

        @Override
        public long end(long rows, long oldest, long lastArrival, long idleSince) {
            return oldest;
        }
    };

    /** So many nanoseconds from the arrival of its oldest request. */
    static BatchDelay fixed(long nanos) {
        return nanos == 0
                ? NONE
                : new BatchDelay() {
                    @Override
                    public boolean mayWait(long rows) {
                        return true;
                    }

                    @Override
                    public long end(long rows, long oldest, long lastArrival, long idleSince) {
                        return oldest + nanos;
                    }
                };
    }

    /** Whether a batch of so many rows may wait at all. */
    boolean mayWait(long rows);

    /**
     * When a batch waits no more, as things stand; all times on one clock.
     *
     * @param rows its rows so far, or more than it can take
     * @param oldest the arrival of its oldest request
     * @param lastArrival the last arrival of any request
     * @param idleSince when an instance was given back last
     */
    long end(long rows, long oldest, long lastArrival, long idleSince);
}
