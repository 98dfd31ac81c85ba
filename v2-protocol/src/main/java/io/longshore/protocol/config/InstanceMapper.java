package io.longshore.protocol.config;

import io.longshore.model.InstanceGroup;
import io.longshore.model.RateLimit;
import io.longshore.protocol.config.proto.ModelInstanceGroup;
import io.longshore.protocol.config.proto.ModelRateLimiter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns stated instance groups into such, and checks each. Not thread-safe. */
final class InstanceMapper {
    private final ConfigLines lines;
    private final ConfigFindings findings;

    InstanceMapper(ConfigLines lines, ConfigFindings findings) {
        this.lines = lines;
        this.findings = findings;
    }

    /** The groups that are valid; what is wrong with others goes to the findings. */
    List<InstanceGroup> groups(List<ModelInstanceGroup> stated) {
        List<InstanceGroup> groups = new ArrayList<>();
        for (int i = 0; i < stated.size(); i++) {
            int line = lines.of("instance_group", i, stated.size());
            InstanceGroup.Kind kind = kind(stated.get(i), line);
            RateLimit limit = rateLimit(stated.get(i).getRateLimiter(), line);
            if (kind != null && limit != null && isValid(stated.get(i), kind, line)) {
                ModelInstanceGroup group = stated.get(i);
                groups.add(new InstanceGroup(kind, Math.max(1, group.getCount()), group.getGpusList(), limit));
            }
        }
        return groups;
    }

    private InstanceGroup.@Nullable Kind kind(ModelInstanceGroup group, int line) {
        return switch (group.getKind()) {
            case KIND_AUTO -> InstanceGroup.Kind.AUTO;
            case KIND_GPU -> InstanceGroup.Kind.GPU;
            case KIND_CPU -> InstanceGroup.Kind.CPU;
            case KIND_MODEL -> InstanceGroup.Kind.MODEL;
            case UNRECOGNIZED -> {
                if (group.getKindValue() != ConfigText.BROKEN_ENUM) {
                    findings.problem(
                            line, "instance_group: kind " + group.getKindValue() + " is unknown; use one of its names");
                }
                yield null;
            }
        };
    }

    private boolean isValid(ModelInstanceGroup group, InstanceGroup.Kind kind, int line) {
        boolean valid = true;
        if (group.getCount() < 0) {
            findings.problem(line, "instance_group: count " + group.getCount() + " is negative; use at least 1");
            valid = false;
        }
        for (int gpu : group.getGpusList()) {
            if (gpu < 0 || kind == InstanceGroup.Kind.CPU) {
                findings.problem(
                        line,
                        "instance_group: gpus names GPU " + gpu
                                + (gpu < 0 ? "; numbers start at 0" : " for KIND_CPU; use KIND_GPU or leave gpus out"));
                valid = false;
            }
        }
        return valid;
    }

    /** What instances take; null where that is invalid. Priority 0, which is also what is not stated, stands for 1. */
    private @Nullable RateLimit rateLimit(ModelRateLimiter stated, int line) {
        List<RateLimit.Resource> resources = new ArrayList<>();
        for (ModelRateLimiter.Resource resource : stated.getResourcesList()) {
            if (resource.getName().isEmpty()) {
                findings.problem(
                        line,
                        "instance_group: rate_limiter names a resource without a name; state resources { name: \"R\""
                                + " count: 1 }");
                return null;
            }
            resources.add(new RateLimit.Resource(
                    resource.getName(), resource.getGlobal(), Integer.toUnsignedLong(resource.getCount())));
        }
        int priority = stated.getPriority() < 0 ? Integer.MAX_VALUE : Math.max(1, stated.getPriority());
        return new RateLimit(resources, priority);
    }
}
