package io.longshore.protocol.config;

import io.longshore.model.ModelConfig;
import io.longshore.model.VersionPolicy;
import io.longshore.protocol.config.proto.ModelVersionPolicy;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Turns the fields of a stated configuration into a configuration, and checks each. Not thread-safe; used once. */
final class ConfigMapper {
    /** Triton's platforms and the backends they stand for. */
    private static final Map<String, String> BACKENDS = Map.of(
            "onnxruntime_onnx", "onnxruntime",
            "pytorch_libtorch", "pytorch",
            "tensorflow_graphdef", "tensorflow",
            "tensorflow_savedmodel", "tensorflow",
            "tensorrt_plan", "tensorrt");

    private final io.longshore.protocol.config.proto.ModelConfig message;
    private final ConfigLines lines;
    private final ConfigFindings findings;

    ConfigMapper(io.longshore.protocol.config.proto.ModelConfig message, ConfigLines lines, ConfigFindings findings) {
        this.message = message;
        this.lines = lines;
        this.findings = findings;
    }

    /** Fills a configuration; what is wrong goes to the findings. */
    void map(String modelName, ModelConfig.Builder config) {
        checkName(modelName);
        mapBackend(config);
        mapBatchSize(config);
        TensorMapper tensors = new TensorMapper(lines, findings);
        config.inputs(tensors.inputs(message.getInputList()));
        config.outputs(tensors.outputs(message.getOutputList()));
        mapVersionPolicy(config);
        config.instanceGroups(new InstanceMapper(lines, findings).groups(message.getInstanceGroupList()));
        if (BatchingMapper.concerns(message)) {
            new BatchingMapper(message, lines, findings).map(config);
        }
        config.ragged(new RaggedMapper(message, lines, findings).map());
        if (message.hasSequenceBatching()) {
            config.sequenceBatching(new SequenceMapper(message.getSequenceBatching(), lines, findings).map());
        }
        new EnsembleMapper(message, lines, findings).map(config);
        config.warmups(new WarmupMapper(lines, findings).map(message.getModelWarmupList()));
        config.responseCache(message.getResponseCache().getEnable());
        mapFilename(config);
        mapGraphLevel(config);
        config.decoupled(message.getModelTransactionPolicy().getDecoupled());
        message.getParametersMap().forEach((key, value) -> config.parameter(key, value.getStringValue()));
        new MetricsMapper(lines, findings).map(message, config);
        new UnservedFields(message, lines, findings).report();
        config.stated(message.toByteArray());
    }

    private void checkName(String modelName) {
        if (!message.getName().isEmpty() && !message.getName().equals(modelName)) {
            findings.problem(
                    lines.of("name"),
                    "name: '" + message.getName() + "' differs from the model's folder '" + modelName
                            + "'; leave it out or make them equal");
        }
    }

    private void mapBackend(ModelConfig.Builder config) {
        String platform = message.getPlatform();
        String backend = message.getBackend();
        String implied = BACKENDS.getOrDefault(platform, "");
        if (!platform.isEmpty()) {
            config.platform(platform);
        }
        if (!backend.isEmpty() && !implied.isEmpty() && !implied.equals(backend)) {
            findings.problem(
                    lines.of("platform"),
                    "platform: '" + platform + "' stands for backend '" + implied + "', but backend is '" + backend
                            + "'; state one of the two");
        } else if (!backend.isEmpty() || !implied.isEmpty()) {
            config.backend(backend.isEmpty() ? implied : backend);
        }
    }

    private void mapBatchSize(ModelConfig.Builder config) {
        if (message.getMaxBatchSize() < 0) {
            findings.problem(
                    lines.of("max_batch_size"),
                    "max_batch_size: " + message.getMaxBatchSize()
                            + " is negative; use 0 for tensors without a batch dimension, else the rows at most");
        } else if (lines.states("max_batch_size")) {
            config.maxBatchSize(message.getMaxBatchSize());
        }
    }

    private void mapVersionPolicy(ModelConfig.Builder config) {
        ModelVersionPolicy policy = message.getVersionPolicy();
        int line = lines.of("version_policy");
        switch (policy.getPolicyChoiceCase()) {
            case LATEST ->
                config.versionPolicy(
                        new VersionPolicy.Latest(latestCount(policy.getLatest().getNumVersions(), line)));
            case ALL -> config.versionPolicy(new VersionPolicy.All());
            case SPECIFIC -> mapSpecific(policy.getSpecific().getVersionsList(), line, config);
            case POLICYCHOICE_NOT_SET -> {
                if (message.hasVersionPolicy()) {
                    findings.problem(
                            line,
                            "version_policy: names no policy; use latest { num_versions: 1 }, all {} or specific {"
                                    + " versions: [1] }");
                }
            }
        }
    }

    /** A number of versions; 0, which is also what is not stated, stands for the default. Unsigned. */
    private int latestCount(int stated, int line) {
        if (stated < 0) {
            findings.problem(
                    line,
                    "version_policy: latest.num_versions " + Integer.toUnsignedString(stated)
                            + " is more than 2147483647; use all {}");
        }
        return Math.max(1, stated);
    }

    private void mapSpecific(List<Long> versions, int line, ModelConfig.Builder config) {
        if (versions.isEmpty()) {
            findings.problem(line, "version_policy: specific names no version; name at least one");
            return;
        }
        for (long version : versions) {
            if (version < 1) {
                findings.problem(line, "version_policy: specific names version " + version + "; versions start at 1");
                return;
            }
        }
        config.versionPolicy(new VersionPolicy.Specific(new TreeSet<>(versions)));
    }

    private void mapFilename(ModelConfig.Builder config) {
        String filename = message.getDefaultModelFilename();
        if (PathRules.leavesFolder(filename)) {
            findings.problem(
                    lines.of("default_model_filename"),
                    "default_model_filename: '" + filename
                            + "' leads out of the version's folder; name a file inside it");
        } else if (!filename.isEmpty()) {
            config.defaultModelFilename(filename);
        }
    }

    private void mapGraphLevel(ModelConfig.Builder config) {
        if (!message.getOptimization().hasGraph()) {
            return;
        }
        int level = message.getOptimization().getGraph().getLevel();
        if (level < -1 || level > 2) {
            findings.problem(
                    lines.of("optimization"),
                    "optimization: graph.level " + level
                            + " is unknown; use -1 (basic), 0 (all), 1 (extended) or 2 (none)");
        } else {
            config.graphOptimizationLevel(level);
        }
    }
}
