package io.longshore.protocol.config;

import io.longshore.model.InstanceGroup;
import io.longshore.model.LatencyFamily;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.QueuePolicy;
import io.longshore.model.VersionPolicy;
import io.longshore.protocol.config.proto.DataType;
import io.longshore.protocol.config.proto.ModelDynamicBatching;
import io.longshore.protocol.config.proto.ModelInstanceGroup;
import io.longshore.protocol.config.proto.ModelMetrics;
import io.longshore.protocol.config.proto.ModelOptimizationPolicy;
import io.longshore.protocol.config.proto.ModelParameter;
import io.longshore.protocol.config.proto.ModelQueuePolicy;
import io.longshore.protocol.config.proto.ModelTensorReshape;
import io.longshore.protocol.config.proto.ModelTransactionPolicy;
import io.longshore.protocol.config.proto.ModelVersionPolicy;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a model's configuration as it is in effect, whether it was stated or comes from the model file. Thread-safe. */
public final class ModelConfigWriter {
    private ModelConfigWriter() {}

    /** The configuration as a message; reading it again gives an equal one. */
    public static io.longshore.protocol.config.proto.ModelConfig message(ModelConfig config) {
        var message = io.longshore.protocol.config.proto.ModelConfig.newBuilder()
                .setName(config.name())
                .setPlatform(config.platform())
                .setBackend(config.backend())
                .setMaxBatchSize(config.maxBatchSize())
                .setVersionPolicy(versionPolicy(config.versionPolicy()))
                .setModelTransactionPolicy(ModelTransactionPolicy.newBuilder().setDecoupled(config.isDecoupled()));
        config.inputs().forEach(input -> message.addInput(input(input)));
        config.outputs().forEach(output -> message.addOutput(output(output)));
        for (int i = 0; i < config.instanceGroups().size(); i++) {
            message.addInstanceGroup(
                    instanceGroup(config.name(), i, config.instanceGroups().get(i)));
        }
        config.defaultModelFilename().ifPresent(message::setDefaultModelFilename);
        config.graphOptimizationLevel()
                .ifPresent(level -> message.setOptimization(ModelOptimizationPolicy.newBuilder()
                        .setGraph(ModelOptimizationPolicy.Graph.newBuilder().setLevel(level))));
        config.sequenceBatching()
                .ifPresent(sequences -> message.setSequenceBatching(SequenceWriter.message(sequences)));
        // The schema has room for one of the two.
        if (config.sequenceBatching().isEmpty() && !config.queuePolicy().equals(QueuePolicy.DEFAULT)) {
            message.setDynamicBatching(
                    ModelDynamicBatching.newBuilder().setDefaultQueuePolicy(queuePolicy(config.queuePolicy())));
        }
        config.parameters()
                .forEach((key, value) -> message.putParameters(
                        key, ModelParameter.newBuilder().setStringValue(value).build()));
        message.putAllMetricTags(config.metricTags());
        if (!config.latencyBounds().isEmpty()) {
            message.setModelMetrics(metrics(config.latencyBounds()));
        }
        return message.build();
    }

    private static ModelMetrics metrics(Map<LatencyFamily, List<Double>> bounds) {
        ModelMetrics.Builder message = ModelMetrics.newBuilder();
        for (LatencyFamily family : LatencyFamily.values()) {
            if (bounds.containsKey(family)) {
                message.addMetricControl(ModelMetrics.MetricControl.newBuilder()
                        .setMetricIdentifier(ModelMetrics.MetricControl.MetricIdentifier.newBuilder()
                                .setFamily(family.metricName()))
                        .setHistogramOptions(ModelMetrics.MetricControl.HistogramOptions.newBuilder()
                                .addAllBuckets(bounds.get(family))));
            }
        }
        return message.build();
    }

    private static ModelVersionPolicy versionPolicy(VersionPolicy policy) {
        ModelVersionPolicy.Builder message = ModelVersionPolicy.newBuilder();
        if (policy instanceof VersionPolicy.Specific specific) {
            message.setSpecific(ModelVersionPolicy.Specific.newBuilder().addAllVersions(specific.versions()));
        } else if (policy instanceof VersionPolicy.Latest latest) {
            message.setLatest(ModelVersionPolicy.Latest.newBuilder().setNumVersions(latest.count()));
        } else {
            message.setAll(ModelVersionPolicy.All.getDefaultInstance());
        }
        return message.build();
    }

    private static io.longshore.protocol.config.proto.ModelInput input(ModelInput input) {
        var message = io.longshore.protocol.config.proto.ModelInput.newBuilder()
                .setName(input.name())
                .setDataType(dataType(input.type()))
                .addAllDims(input.dims())
                .setOptional(input.optional());
        ModelTensorReshape reshape = reshape(input.reshape());
        return (reshape == null ? message : message.setReshape(reshape)).build();
    }

    private static io.longshore.protocol.config.proto.ModelOutput output(ModelOutput output) {
        var message = io.longshore.protocol.config.proto.ModelOutput.newBuilder()
                .setName(output.name())
                .setDataType(dataType(output.type()))
                .addAllDims(output.dims());
        if (output.labelFilename() != null) {
            message.setLabelFilename(output.labelFilename());
        }
        ModelTensorReshape reshape = reshape(output.reshape());
        return (reshape == null ? message : message.setReshape(reshape)).build();
    }

    private static @Nullable ModelTensorReshape reshape(@Nullable List<Long> dims) {
        return dims == null
                ? null
                : ModelTensorReshape.newBuilder().addAllShape(dims).build();
    }

    static DataType dataType(io.longshore.tensor.DataType type) {
        return type == io.longshore.tensor.DataType.BYTES
                ? DataType.TYPE_STRING
                : DataType.valueOf("TYPE_" + type.wireName());
    }

    /** Triton names groups after the model and their position. */
    private static ModelInstanceGroup instanceGroup(String model, int position, InstanceGroup group) {
        return ModelInstanceGroup.newBuilder()
                .setName(model + "_" + position)
                .setKind(ModelInstanceGroup.Kind.valueOf("KIND_" + group.kind().name()))
                .setCount(group.count())
                .addAllGpus(group.gpus())
                .build();
    }

    private static ModelQueuePolicy queuePolicy(QueuePolicy policy) {
        return ModelQueuePolicy.newBuilder()
                .setMaxQueueSize(policy.maxQueueSize())
                .setDefaultTimeoutMicroseconds(policy.defaultTimeout().toNanos() / 1000)
                .build();
    }
}
