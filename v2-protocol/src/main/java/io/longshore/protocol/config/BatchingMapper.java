package io.longshore.protocol.config;

import io.longshore.model.DynamicBatching;
import io.longshore.model.ModelConfig;
import io.longshore.model.QueuePolicy;
import io.longshore.model.QueuePolicy.TimeoutAction;
import io.longshore.protocol.config.proto.ModelDynamicBatching;
import io.longshore.protocol.config.proto.ModelQueuePolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Turns {@code dynamic_batching} into what it stands for. What holds only together with other fields is checked by the
 * configuration. Not thread-safe; used once.
 */
final class BatchingMapper {
    private static final String FIELD = "dynamic_batching";
    private static final long MAX_MICROS = TimeUnit.DAYS.toMicros(36_500);
    private static final long MAX_LEVELS = 1_000_000;

    private final ModelDynamicBatching message;
    private final int line;
    private final ConfigFindings findings;

    BatchingMapper(ModelDynamicBatching message, ConfigLines lines, ConfigFindings findings) {
        this.message = message;
        this.line = lines.of(FIELD);
        this.findings = findings;
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
                duration(message.getMaxQueueDelayMicroseconds()),
                message.getPreserveOrdering(),
                level("priority_levels", message.getPriorityLevels()),
                level("default_priority_level", message.getDefaultPriorityLevel()),
                ofLevels));
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
                bound(policy.getMaxQueueSize()), duration(policy.getDefaultTimeoutMicroseconds()), action);
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

    /** Unsigned microseconds; more than a century is as good as for ever. */
    private static Duration duration(long unsigned) {
        long micros = unsigned < 0 ? MAX_MICROS : Math.min(unsigned, MAX_MICROS);
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros));
    }
}
