package io.longshore.model;

import java.util.List;

/**
 * How many instances of a model run where ({@code instance_group} of a model configuration).
 *
 * @param kind what to run on
 * @param count instances, for {@link Kind#GPU} on each GPU; at least 1
 * @param gpus the GPUs to use; empty = all
 * @param rateLimit what an instance takes while it runs
 */
public record InstanceGroup(Kind kind, int count, List<Integer> gpus, RateLimit rateLimit) {
    public InstanceGroup {
        if (count < 1) {
            throw new IllegalArgumentException("the count of an instance group is at least 1, got " + count);
        }
        gpus = List.copyOf(gpus);
    }

    /** Instances that take nothing of what is limited. */
    public InstanceGroup(Kind kind, int count, List<Integer> gpus) {
        this(kind, count, gpus, RateLimit.NONE);
    }

    /** Where an instance group runs. */
    public enum Kind {
        /** On GPUs where the machine and the backend have them, else on the CPU. */
        AUTO,
        CPU,
        GPU,
        /** Where the model itself decides. */
        MODEL
    }
}
