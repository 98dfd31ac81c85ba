package io.longshore.schedule;

import java.util.List;

/** The lengths that batches are padded to. Immutable. */
final class LengthBuckets {
    private final long[] buckets;

    /** @param buckets ascending; empty = a batch is as long as its longest request */
    LengthBuckets(List<Long> buckets) {
        this.buckets = buckets.stream().mapToLong(Long::longValue).toArray();
    }

    /** The smallest bucket that takes this length; the length itself where none does. */
    long bucket(long length) {
        for (long bucket : buckets) {
            if (bucket >= length) {
                return bucket;
            }
        }
        return length;
    }

    /**
     * The length of a batch. Requests that are all as long gain nothing by padding, so they stay as they are.
     *
     * @param shortest the length of its shortest request
     * @param longest that of its longest
     */
    long padded(long shortest, long longest) {
        return shortest == longest ? longest : bucket(longest);
    }
}
