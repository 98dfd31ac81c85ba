package io.longshore.protocol.config;

import io.longshore.model.DynamicBatching;
import io.longshore.model.ModelConfig;
import io.longshore.model.QueuePolicy;
import io.longshore.model.QueuePolicy.TimeoutAction;
import io.longshore.protocol.config.proto.ModelDynamicBatching;
import io.longshore.protocol.config.proto.ModelParameter;
import io.longshore.protocol.config.proto.ModelQueuePolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns {@code dynamic_batching} into what it stands for. What holds only together with other fields is checked by the
 * configuration. Not thread-safe; used once.
 */
final class BatchingMapper {
    private static final String FIELD = "dynamic_batching";
    private static final long MAX_LEVELS = 1_000_000;

    private final ModelDynamicBatching message;
    /** Milliseconds as stated; empty = none. */
    private final String goal;

    private final PaddingMapper padding;
    private final int line;
    private final ConfigFindings findings;

    /** @param config what states dynamic batching, or a latency goal, which stands for it */
    BatchingMapper(io.longshore.protocol.config.proto.ModelConfig config, ConfigLines lines, ConfigFindings findings) {
        this.message = config.getDynamicBatching();
        this.goal = config.getParametersOrDefault(
                        DynamicBatching.LATENCY_GOAL_MILLIS, ModelParameter.getDefaultInstance())
                .getStringValue();
        this.padding = new PaddingMapper(config, lines, findings);
        this.line = lines.of(config.hasDynamicBatching() ? FIELD : "parameters");
        this.findings = findings;
    }

    /** Whether a configuration has requests put together; one with another scheduler has not, whatever its goal. */
    static boolean concerns(io.longshore.protocol.config.proto.ModelConfig config) {
        return switch (config.getSchedulingChoiceCase()) {
            case DYNAMIC_BATCHING -> true;
            case SCHEDULINGCHOICE_NOT_SET -> config.containsParameters(DynamicBatching.LATENCY_GOAL_MILLIS);
            case SEQUENCE_BATCHING, ENSEMBLE_SCHEDULING -> false;
        };
    }

    /** Sets what the field says; what is wrong with it goes to the findings. */
    void map(ModelConfig.Builder config) {
        if (message.hasDefaultQueuePolicy()) {
            config.queuePolicy(policy(message.getDefaultQueuePolicy()));
        }
        Map<Integer, QueuePolicy> ofLevels = new HashMap<>();
        message.getPriorityQueuePolicyMap()
                .forEach((level, policy) -> ofLevels.put(level("priority_queue_policy", level), policy(policy)));
        config.dynamicBatching(new DynamicBatching(
                message.getPreferredBatchSizeList(),
                Micros.duration(message.getMaxQueueDelayMicroseconds()),
                message.getPreserveOrdering(),
                level("priority_levels", message.getPriorityLevels()),
                level("default_priority_level", message.getDefaultPriorityLevel()),
                ofLevels,
                latencyGoal(),
                padding.map()));
    }

    private Duration latencyGoal() {
        if (goal.isEmpty()) {
            return Duration.ZERO;
        }
        if (!goal.matches("[0-9]{1,7}(\\.[0-9]{1,6})?") || Double.parseDouble(goal) == 0) {
            findings.problem(
                    line,
                    "parameters: " + DynamicBatching.LATENCY_GOAL_MILLIS + " '" + goal
                            + "' is no number of milliseconds, such as 50 or 2.5");
            return Duration.ZERO;
        }
        return Duration.ofNanos((long) (Double.parseDouble(goal) * 1e6));
    }

    private int level(String field, long unsigned) {
        if (Long.compareUnsigned(unsigned, MAX_LEVELS) > 0) {
            findings.problem(
                    line,
                    FIELD + ": " + field + " " + Long.toUnsignedString(unsigned) + " is more than this server has: "
                            + MAX_LEVELS);
            return 0;
        }
        return (int) unsigned;
    }

    private QueuePolicy policy(ModelQueuePolicy policy) {
        TimeoutAction action = switch (policy.getTimeoutAction()) {
            case DELAY -> TimeoutAction.DELAY;
            case REJECT -> TimeoutAction.REJECT;
            case UNRECOGNIZED -> unknownAction(policy.getTimeoutActionValue());
        };
        return new QueuePolicy(
                bound(policy.getMaxQueueSize()), Micros.duration(policy.getDefaultTimeoutMicroseconds()), action);
    }

    private TimeoutAction unknownAction(int number) {
        if (number != ConfigText.BROKEN_ENUM) {
            findings.problem(line, FIELD + ": timeout_action " + number + " is unknown; use REJECT or DELAY");
        }
        return TimeoutAction.REJECT;
    }

    /** A size as an unsigned number; 0, which is also what is not stated, stands for the default. */
    private static int bound(int unsigned) {
        return unsigned == 0 ? QueuePolicy.DEFAULT.maxQueueSize() : unsigned < 0 ? Integer.MAX_VALUE : unsigned;
    }
}
