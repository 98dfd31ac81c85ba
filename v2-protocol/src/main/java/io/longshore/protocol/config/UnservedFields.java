package io.longshore.protocol.config;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.longshore.model.DynamicBatching;
import io.longshore.model.Padding;
import io.longshore.protocol.config.proto.ModelConfig;
import io.longshore.protocol.config.proto.ModelInstanceGroup;
import io.longshore.protocol.config.proto.ModelOptimizationPolicy;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Fields that this server does not act upon. Those without which a model still answers right are noted; those without which
 * it would answer wrongly are problems. Not thread-safe.
 */
final class UnservedFields {
    private static final Map<String, String> WRONG_WITHOUT = Map.of(
            "model_repository_agents", "the agents would not run, for example a checksum would not be compared",
            "model_operations", "the custom operators would be missing");

    private static final Map<String, String> RIGHT_WITHOUT = Map.of(
            "cc_model_filenames", "default_model_filename counts",
            "runtime", "the backend's name decides what runs the model");

    private final ModelConfig message;
    private final ConfigLines lines;
    private final ConfigFindings findings;

    UnservedFields(ModelConfig message, ConfigLines lines, ConfigFindings findings) {
        this.message = message;
        this.lines = lines;
        this.findings = findings;
    }

    /** Reports every stated field of either kind. */
    void report() {
        for (FieldDescriptor field : message.getAllFields().keySet()) {
            String name = field.getName();
            if (WRONG_WITHOUT.containsKey(name)) {
                findings.problem(
                        lines.of(name), name + ": not supported yet by this server: " + WRONG_WITHOUT.get(name));
            } else if (RIGHT_WITHOUT.containsKey(name)) {
                note(name, name, RIGHT_WITHOUT.get(name));
            }
        }
        reportOptimization();
        if (message.hasEnsembleScheduling() && message.getResponseCache().getEnable()) {
            note(
                    "response_cache",
                    "response_cache",
                    "answers of an ensemble are not cached, those of its steps' models can be");
        }
        if (!BatchingMapper.concerns(message)) {
            reportBatching();
        }
        for (ModelInstanceGroup group : message.getInstanceGroupList()) {
            reportInstanceGroup(group);
        }
    }

    private void reportBatching() {
        Stream.of(DynamicBatching.LATENCY_GOAL_MILLIS, Padding.INPUTS, Padding.BUCKETS, Padding.OUTPUTS)
                .filter(message::containsParameters)
                .forEach(parameter ->
                        note("parameters", parameter, "this model's requests are not put together into batches"));
    }

    private void reportOptimization() {
        ModelOptimizationPolicy optimization = message.getOptimization();
        for (FieldDescriptor field : optimization.getAllFields().keySet()) {
            if (!field.getName().equals("graph")) {
                note("optimization", "optimization." + field.getName(), "the model runs without it");
            }
        }
    }

    private void reportInstanceGroup(ModelInstanceGroup group) {
        for (FieldDescriptor field : group.getAllFields().keySet()) {
            switch (field.getName()) {
                case "secondary_devices", "profile", "passive", "host_policy" ->
                    note("instance_group", "instance_group." + field.getName(), "instances run without it");
                default -> {
                    // Name, kind, count, GPUs and rate limiter take effect.
                }
            }
        }
    }

    private void note(String topLevel, String field, String effect) {
        findings.note(lines.of(topLevel), field + " has no effect: " + effect);
    }
}
