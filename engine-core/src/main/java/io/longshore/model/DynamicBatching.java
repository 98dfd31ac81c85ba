package io.longshore.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How requests to a model are put together into batches ({@code dynamic_batching} of a model configuration).
 *
 * @param preferredSizes rows that a batch has best, ascending; empty = the more the better
 * @param maxQueueDelay how long the oldest request of a batch waits for others while an instance is idle; zero = not at all
 * @param preserveOrdering whether requests are answered in the order in which they arrived
 * @param priorityLevels levels 1, the highest, to this one; 0 = requests have no priority
 * @param defaultPriorityLevel the level of requests that name none, or none that there is; 0 where there are no levels
 * @param priorityPolicies the policies of levels that have one of their own; others have the model's
 * @param latencyGoal within what time requests are to be answered, by which sizes and delays are then chosen while the model
 *     runs; zero = they are as stated
 * @param padding how requests of different lengths run together; null = not at all
 */
public record DynamicBatching(
        List<Integer> preferredSizes,
        Duration maxQueueDelay,
        boolean preserveOrdering,
        int priorityLevels,
        int defaultPriorityLevel,
        Map<Integer, QueuePolicy> priorityPolicies,
        Duration latencyGoal,
        @Nullable Padding padding) {
    /** The parameter of a model's configuration that states the latency goal, in milliseconds. */
    public static final String LATENCY_GOAL_MILLIS = "longshore.latency_goal_ms";

    /** As many rows as wait, at once, first come first served. */
    public static final DynamicBatching DEFAULT = new DynamicBatching(List.of(), Duration.ZERO, false, 0, 0, Map.of());

    /** Without a latency goal and padding. */
    public DynamicBatching(
            List<Integer> preferredSizes,
            Duration maxQueueDelay,
            boolean preserveOrdering,
            int priorityLevels,
            int defaultPriorityLevel,
            Map<Integer, QueuePolicy> priorityPolicies) {
        this(
                preferredSizes,
                maxQueueDelay,
                preserveOrdering,
                priorityLevels,
                defaultPriorityLevel,
                priorityPolicies,
                Duration.ZERO,
                null);
    }

    public DynamicBatching {
        preferredSizes = preferredSizes.stream().distinct().sorted().toList();
        priorityPolicies = Map.copyOf(priorityPolicies);
        if (maxQueueDelay.isNegative() || latencyGoal.isNegative()) {
            throw new IllegalArgumentException(
                    "a queue delay and a latency goal are not negative, got " + maxQueueDelay + " and " + latencyGoal);
        }
    }

    /** Whether sizes and delays are chosen while the model runs. */
    public boolean isAdaptive() {
        return !latencyGoal.isZero();
    }

    /**
     * The level on which a request waits.
     *
     * @param priority what the request says; 0 = nothing
     */
    public int level(int priority) {
        return isLevel(priority) ? priority : defaultPriorityLevel;
    }

    private boolean isLevel(int priority) {
        return priority >= 1 && priority <= priorityLevels;
    }

    /** The policy of a level, else the model's. */
    public QueuePolicy policy(int level, QueuePolicy ofModel) {
        return priorityPolicies.getOrDefault(level, ofModel);
    }

    /** What does not hold; texts as of Triton's {@code model_config_utils.cc}. */
    List<String> problems(ModelConfig.Builder config) {
        String model = config.name();
        int maxBatchSize = config.maxBatchSize().orElse(0);
        QueuePolicy ofModel = config.queuePolicy().orElse(QueuePolicy.DEFAULT);
        List<String> problems = new ArrayList<>();
        checkSizes(model, maxBatchSize, problems);
        if (priorityLevels > 0) {
            checkLevels(model, problems);
        }
        if (preserveOrdering) {
            checkOrdering(model, ofModel, problems);
        }
        if (isAdaptive()) {
            checkGoal(maxBatchSize, problems);
        }
        if (padding != null) {
            problems.addAll(padding.problems(config));
        }
        return problems;
    }

    private void checkGoal(int maxBatchSize, List<String> problems) {
        if (maxBatchSize < 2) {
            problems.add(LATENCY_GOAL_MILLIS + " is for models that take batches: max_batch_size is at least 2, got "
                    + maxBatchSize);
        }
        if (!preferredSizes.isEmpty() || !maxQueueDelay.isZero()) {
            problems.add(LATENCY_GOAL_MILLIS + " has sizes and delays chosen while the model runs: leave out"
                    + " preferred_batch_size and max_queue_delay_microseconds, or the goal");
        }
    }

    private void checkSizes(String model, int maxBatchSize, List<String> problems) {
        for (int size : preferredSizes) {
            if (size <= 0) {
                problems.add("dynamic batching preferred size must be positive for " + model + ", got " + size);
            } else if (size > maxBatchSize) {
                problems.add("dynamic batching preferred size must be <= max batch size for " + model + ", got " + size
                        + " and max_batch_size " + maxBatchSize);
            }
        }
    }

    private void checkLevels(String model, List<String> problems) {
        if (!isLevel(defaultPriorityLevel)) {
            problems.add("default priority level must be in range [1, " + priorityLevels + "] for " + model + ", got "
                    + defaultPriorityLevel);
        }
        priorityPolicies.keySet().stream()
                .filter(level -> !isLevel(level))
                .forEach(level -> problems.add("priority queue policy must have priority level in range [1, "
                        + priorityLevels + "] for " + model + ", got " + level));
    }

    /** A request that another overtakes in the queue would hold the other's answer back. */
    private void checkOrdering(String model, QueuePolicy ofModel, List<String> problems) {
        if (priorityLevels > 1) {
            problems.add("Only one priority level is allowed when 'preserve_ordering' is true for " + model);
        }
        if (Stream.concat(Stream.of(ofModel), priorityPolicies.values().stream())
                .anyMatch(QueuePolicy::delays)) {
            problems.add(
                    "Queue policy can not have DELAY as timeout action when 'preserve_ordering' is true for " + model);
        }
    }
}
