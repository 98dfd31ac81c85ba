package io.longshore.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The complete and valid description of one model. It comes out of a {@link Builder} that a configuration file and the
 * model file itself fill in turn, and cannot be constructed invalid.
 *
 * <p>Immutable. Field meanings: Triton's {@code model_config.proto}.
 */
public final class ModelConfig {
    private final String name;
    private final String platform;
    private final String backend;
    private final int maxBatchSize;
    private final List<ModelInput> inputs;
    private final List<ModelOutput> outputs;
    private final VersionPolicy versionPolicy;
    private final List<InstanceGroup> instanceGroups;
    private final QueuePolicy queuePolicy;
    private final boolean decoupled;
    private final @Nullable DynamicBatching dynamicBatching;
    private final @Nullable RaggedBatching ragged;
    private final @Nullable SequenceBatching sequenceBatching;
    private final @Nullable Ensemble ensemble;
    private final List<ModelWarmup> warmups;
    private final boolean responseCache;
    private final List<ModelInput> backendInputs;
    private final List<ModelOutput> backendOutputs;
    private final @Nullable String defaultModelFilename;
    private final OptionalInt graphOptimizationLevel;
    private final Map<String, String> parameters;
    private final Map<String, String> metricTags;
    private final Map<LatencyFamily, List<Double>> latencyBounds;
    private final byte[] stated;

    private ModelConfig(Builder builder, String backend) {
        this.name = builder.name;
        this.backend = backend;
        this.platform = builder.platform == null ? "" : builder.platform;
        this.maxBatchSize = builder.maxBatchSize.orElse(0);
        this.inputs = List.copyOf(builder.inputs);
        this.outputs = List.copyOf(builder.outputs);
        this.versionPolicy = builder.versionPolicy;
        this.instanceGroups = List.copyOf(builder.instanceGroups);
        this.queuePolicy = builder.queuePolicy == null ? QueuePolicy.DEFAULT : builder.queuePolicy;
        this.decoupled = builder.decoupled;
        this.dynamicBatching = builder.dynamicBatching;
        this.ragged = builder.ragged;
        this.sequenceBatching = builder.sequenceBatching;
        this.ensemble = builder.ensemble;
        this.warmups = builder.warmups;
        this.responseCache = builder.responseCache;
        this.backendInputs = builder.backendInputs();
        this.backendOutputs = builder.backendOutputs();
        this.defaultModelFilename = builder.defaultModelFilename;
        this.graphOptimizationLevel = builder.graphOptimizationLevel;
        this.parameters = Map.copyOf(builder.parameters);
        this.metricTags = Map.copyOf(builder.metricTags);
        this.latencyBounds = Map.copyOf(builder.latencyBounds);
        this.stated = builder.stated;
    }

    /** A builder for the model called {@code name}. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    public String name() {
        return name;
    }

    /** The platform as configured, for example {@code onnxruntime_onnx}; empty where only a backend is named. */
    public String platform() {
        return platform;
    }

    /** The name of the backend that runs the model; empty for an ensemble. */
    public String backend() {
        return backend;
    }

    /** The rows that one execution takes at most; 0 = tensors have no batch dimension. */
    public int maxBatchSize() {
        return maxBatchSize;
    }

    /** Whether every tensor has a batch dimension in front of its declared dimensions. */
    public boolean isBatched() {
        return maxBatchSize > 0;
    }

    public List<ModelInput> inputs() {
        return inputs;
    }

    /** The input of this name. */
    public Optional<ModelInput> input(String name) {
        return inputs.stream().filter(input -> input.name().equals(name)).findFirst();
    }

    public List<ModelOutput> outputs() {
        return outputs;
    }

    public VersionPolicy versionPolicy() {
        return versionPolicy;
    }

    /** Where instances run; empty = as the backend prefers. */
    public List<InstanceGroup> instanceGroups() {
        return instanceGroups;
    }

    public QueuePolicy queuePolicy() {
        return queuePolicy;
    }

    /** Whether a request may get any number of responses, none included. */
    public boolean isDecoupled() {
        return decoupled;
    }

    /** How requests are put together into batches; empty where each runs by itself. */
    public Optional<DynamicBatching> dynamicBatching() {
        return Optional.ofNullable(dynamicBatching);
    }

    /** How requests of different shapes run together without padding; empty where they do not. */
    public Optional<RaggedBatching> ragged() {
        return Optional.ofNullable(ragged);
    }

    /** How requests form sequences; empty for a model without state. */
    public Optional<SequenceBatching> sequenceBatching() {
        return Optional.ofNullable(sequenceBatching);
    }

    /** What the model is made of; empty for a model of its own. */
    public Optional<Ensemble> ensemble() {
        return Optional.ofNullable(ensemble);
    }

    /** What each instance runs before the model is ready, in order. */
    public List<ModelWarmup> warmups() {
        return warmups;
    }

    /** Whether equal requests may be answered from the server's response cache. */
    public boolean usesResponseCache() {
        return responseCache;
    }

    /** What the backend gets: what a request brings, and behind it the controls and states of sequences. */
    public List<ModelInput> backendInputs() {
        return backendInputs;
    }

    /** What the backend can be asked for: what a response brings, and behind it the states of sequences. */
    public List<ModelOutput> backendOutputs() {
        return backendOutputs;
    }

    /** The model file's name inside a version folder, where the configuration names one. */
    public Optional<String> defaultModelFilename() {
        return Optional.ofNullable(defaultModelFilename);
    }

    /** {@code optimization.graph.level}: -1 basic, 0 all, 1 extended, 2 none. */
    public OptionalInt graphOptimizationLevel() {
        return graphOptimizationLevel;
    }

    /** Parameters for the backend or for the model's own code. */
    public Map<String, String> parameters() {
        return parameters;
    }

    /** Further labels of the model's metrics; Triton puts a {@code _} before each name. */
    public Map<String, String> metricTags() {
        return metricTags;
    }

    /** Whether a tag of this name can be a label. */
    public static boolean isMetricTag(String name) {
        return ModelConfigRules.isMetricTag(name);
    }

    /** The upper bounds of a latency's buckets, ascending, in the metric's unit. */
    public List<Double> latencyBounds(LatencyFamily family) {
        return latencyBounds.getOrDefault(family, family.defaultBounds());
    }

    /** The bounds that are stated for some latencies. */
    public Map<LatencyFamily, List<Double>> latencyBounds() {
        return latencyBounds;
    }

    /**
     * The configuration as it was stated, in the form of whoever read it; empty where nothing was. It is carried along for
     * whoever shows the configuration, who finds in it what the server does not act upon. Nothing else looks into it.
     */
    public byte[] stated() {
        return stated.clone();
    }

    /**
     * A configuration in the making. Not thread-safe. Getters give what is known so far, so that a backend can complete
     * it from the model file.
     */
    public static final class Builder {
        private final String name;
        private @Nullable String platform;
        private @Nullable String backend;
        private OptionalInt maxBatchSize = OptionalInt.empty();
        private List<ModelInput> inputs = List.of();
        private List<ModelOutput> outputs = List.of();
        private VersionPolicy versionPolicy = VersionPolicy.DEFAULT;
        private List<InstanceGroup> instanceGroups = List.of();
        private @Nullable QueuePolicy queuePolicy;
        private boolean decoupled;
        private @Nullable DynamicBatching dynamicBatching;
        private @Nullable RaggedBatching ragged;
        private @Nullable SequenceBatching sequenceBatching;
        private @Nullable Ensemble ensemble;
        private List<ModelWarmup> warmups = List.of();
        private boolean responseCache;
        private @Nullable String defaultModelFilename;
        private OptionalInt graphOptimizationLevel = OptionalInt.empty();
        private final Map<String, String> parameters = new LinkedHashMap<>();
        private final Map<String, String> metricTags = new LinkedHashMap<>();
        private final Map<LatencyFamily, List<Double>> latencyBounds = new LinkedHashMap<>();
        private byte[] stated = {};

        private Builder(String name) {
            this.name = name;
        }

        /**
         * The configuration.
         *
         * @throws InvalidModelConfigException naming every problem
         */
        public ModelConfig build() throws InvalidModelConfigException {
            List<String> problems = new ArrayList<>(ModelConfigRules.problems(this));
            String chosen = backend == null ? "" : backend;
            if (chosen.isEmpty() && ensemble == null) {
                problems.add(
                        "model '" + name
                                + "' names no backend and none recognises its files: set 'backend', for example \"onnxruntime\"");
            } else if (problems.isEmpty()) {
                return new ModelConfig(this, chosen);
            }
            throw new InvalidModelConfigException(problems);
        }

        public String name() {
            return name;
        }

        public Builder platform(String value) {
            this.platform = value;
            return this;
        }

        /** The platform named so far, or empty. */
        public Optional<String> platform() {
            return Optional.ofNullable(platform);
        }

        public Builder backend(String value) {
            this.backend = value;
            return this;
        }

        /** The backend named so far, or empty. */
        public Optional<String> backend() {
            return Optional.ofNullable(backend);
        }

        public Builder maxBatchSize(int value) {
            this.maxBatchSize = OptionalInt.of(value);
            return this;
        }

        /** The batch size stated so far; empty = left to the model file. */
        public OptionalInt maxBatchSize() {
            return maxBatchSize;
        }

        public Builder inputs(List<ModelInput> value) {
            this.inputs = List.copyOf(value);
            return this;
        }

        public List<ModelInput> inputs() {
            return inputs;
        }

        public Builder outputs(List<ModelOutput> value) {
            this.outputs = List.copyOf(value);
            return this;
        }

        public List<ModelOutput> outputs() {
            return outputs;
        }

        public Builder versionPolicy(VersionPolicy value) {
            this.versionPolicy = value;
            return this;
        }

        public VersionPolicy versionPolicy() {
            return versionPolicy;
        }

        public Builder instanceGroups(List<InstanceGroup> value) {
            this.instanceGroups = List.copyOf(value);
            return this;
        }

        public List<InstanceGroup> instanceGroups() {
            return instanceGroups;
        }

        public Builder queuePolicy(QueuePolicy value) {
            this.queuePolicy = value;
            return this;
        }

        /** The queue policy stated so far; empty = the server's default. */
        public Optional<QueuePolicy> queuePolicy() {
            return Optional.ofNullable(queuePolicy);
        }

        public Builder decoupled(boolean value) {
            this.decoupled = value;
            return this;
        }

        /** Whether a request may get any number of responses, as stated so far. */
        public boolean isDecoupled() {
            return decoupled;
        }

        public Builder dynamicBatching(DynamicBatching value) {
            this.dynamicBatching = value;
            return this;
        }

        /** How requests are put together into batches, where that is stated. */
        public Optional<DynamicBatching> dynamicBatching() {
            return Optional.ofNullable(dynamicBatching);
        }

        public Builder ragged(RaggedBatching value) {
            this.ragged = value.isEmpty() ? null : value;
            return this;
        }

        /** How requests of different shapes run together without padding, where that is stated. */
        public Optional<RaggedBatching> ragged() {
            return Optional.ofNullable(ragged);
        }

        public Builder sequenceBatching(SequenceBatching value) {
            this.sequenceBatching = value;
            return this;
        }

        /** How requests form sequences, where that is stated. */
        public Optional<SequenceBatching> sequenceBatching() {
            return Optional.ofNullable(sequenceBatching);
        }

        public Builder ensemble(Ensemble value) {
            this.ensemble = value;
            return this;
        }

        /** What the model is made of, where it is an ensemble. */
        public Optional<Ensemble> ensemble() {
            return Optional.ofNullable(ensemble);
        }

        public Builder responseCache(boolean value) {
            this.responseCache = value;
            return this;
        }

        /** Whether responses may be cached, as stated so far. */
        public boolean usesResponseCache() {
            return responseCache;
        }

        public Builder warmups(List<ModelWarmup> value) {
            this.warmups = List.copyOf(value);
            return this;
        }

        public List<ModelWarmup> warmups() {
            return warmups;
        }

        /** As {@link ModelConfig#backendInputs}, so far. */
        public List<ModelInput> backendInputs() {
            return sequenceBatching == null ? inputs : sequenceBatching.inputsBehind(inputs);
        }

        /** As {@link ModelConfig#backendOutputs}, so far. */
        public List<ModelOutput> backendOutputs() {
            return sequenceBatching == null ? outputs : sequenceBatching.outputsBehind(outputs);
        }

        public Builder defaultModelFilename(String value) {
            this.defaultModelFilename = value;
            return this;
        }

        /** The model file's name, where one is stated. */
        public Optional<String> defaultModelFilename() {
            return Optional.ofNullable(defaultModelFilename);
        }

        public Builder graphOptimizationLevel(int value) {
            this.graphOptimizationLevel = OptionalInt.of(value);
            return this;
        }

        /** The graph optimisation level stated so far. */
        public OptionalInt graphOptimizationLevel() {
            return graphOptimizationLevel;
        }

        /** A further label of the model's metrics. */
        public Builder metricTag(String name, String value) {
            metricTags.put(name, value);
            return this;
        }

        /** The tags so far; a live, unmodifiable view. */
        public Map<String, String> metricTags() {
            return Collections.unmodifiableMap(metricTags);
        }

        /** The upper bounds of a latency's buckets, in the metric's unit. */
        public Builder latencyBounds(LatencyFamily family, List<Double> bounds) {
            latencyBounds.put(family, List.copyOf(bounds));
            return this;
        }

        /** The bounds stated so far; a live, unmodifiable view. */
        public Map<LatencyFamily, List<Double>> latencyBounds() {
            return Collections.unmodifiableMap(latencyBounds);
        }

        /** What {@link ModelConfig#stated} gives; read by nobody who completes the configuration. */
        public Builder stated(byte[] value) {
            this.stated = value.clone();
            return this;
        }

        public Builder parameter(String key, String value) {
            parameters.put(key, value);
            return this;
        }

        /** The parameters so far; a live, unmodifiable view. */
        public Map<String, String> parameters() {
            return Collections.unmodifiableMap(parameters);
        }
    }
}
