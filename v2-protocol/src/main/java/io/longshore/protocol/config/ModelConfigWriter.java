package io.longshore.protocol.config;

import com.google.protobuf.InvalidProtocolBufferException;
import io.longshore.model.InstanceGroup;
import io.longshore.model.LatencyFamily;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.QueuePolicy;
import io.longshore.model.RateLimit;
import io.longshore.model.VersionPolicy;
import io.longshore.protocol.config.proto.DataType;
import io.longshore.protocol.config.proto.ModelDynamicBatching;
import io.longshore.protocol.config.proto.ModelInstanceGroup;
import io.longshore.protocol.config.proto.ModelMetrics;
import io.longshore.protocol.config.proto.ModelParameter;
import io.longshore.protocol.config.proto.ModelQueuePolicy.TimeoutAction;
import io.longshore.protocol.config.proto.ModelRateLimiter;
import io.longshore.protocol.config.proto.ModelTensorReshape;
import io.longshore.protocol.config.proto.ModelTransactionPolicy;
import io.longshore.protocol.config.proto.ModelVersionPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a model's configuration: what was stated, and over it what is in effect, whether that was stated or comes from the
 * model file. Fields that this server does not act upon come out as they were stated. Thread-safe.
 */
public final class ModelConfigWriter {
    private static final io.longshore.protocol.config.proto.ModelInput NO_INPUT =
            io.longshore.protocol.config.proto.ModelInput.getDefaultInstance();
    private static final io.longshore.protocol.config.proto.ModelOutput NO_OUTPUT =
            io.longshore.protocol.config.proto.ModelOutput.getDefaultInstance();

    private ModelConfigWriter() {}

    /** The configuration as a message; reading it again gives an equal one. */
    public static io.longshore.protocol.config.proto.ModelConfig message(ModelConfig config) {
        var stated = stated(config);
        var message = stated.toBuilder()
                .setName(config.name())
                .setPlatform(config.platform())
                .setBackend(config.backend())
                .setMaxBatchSize(config.maxBatchSize())
                .setVersionPolicy(versionPolicy(config.versionPolicy()))
                .setModelTransactionPolicy(ModelTransactionPolicy.newBuilder().setDecoupled(config.isDecoupled()));
        writeTensors(config, stated, message);
        message.clearInstanceGroup().addAllInstanceGroup(instanceGroups(config, stated.getInstanceGroupList()));
        config.defaultModelFilename().ifPresent(message::setDefaultModelFilename);
        config.graphOptimizationLevel()
                .ifPresent(level ->
                        message.getOptimizationBuilder().getGraphBuilder().setLevel(level));
        config.sequenceBatching()
                .ifPresent(sequences -> message.setSequenceBatching(SequenceWriter.message(sequences)));
        if (!stated.hasEnsembleScheduling()) {
            config.ensemble().ifPresent(ensemble -> message.setEnsembleScheduling(EnsembleMapper.message(ensemble)));
        }
        if (config.dynamicBatching().isPresent()) {
            writeQueuePolicy(config.queuePolicy(), stated, message.getDynamicBatchingBuilder());
        }
        config.parameters()
                .forEach((key, value) -> message.putParameters(
                        key, ModelParameter.newBuilder().setStringValue(value).build()));
        message.putAllMetricTags(config.metricTags());
        if (!stated.hasModelMetrics() && !config.latencyBounds().isEmpty()) {
            message.setModelMetrics(metrics(config.latencyBounds()));
        }
        return message.build();
    }

    private static io.longshore.protocol.config.proto.ModelConfig stated(ModelConfig config) {
        try {
            return io.longshore.protocol.config.proto.ModelConfig.parseFrom(config.stated());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the configuration of model '" + config.name() + "' was not read here", e);
        }
    }

    private static void writeTensors(
            ModelConfig config,
            io.longshore.protocol.config.proto.ModelConfig stated,
            io.longshore.protocol.config.proto.ModelConfig.Builder message) {
        Map<String, io.longshore.protocol.config.proto.ModelInput> inputs = new HashMap<>();
        stated.getInputList().forEach(input -> inputs.put(input.getName(), input));
        message.clearInput();
        config.inputs().forEach(input -> message.addInput(input(input, inputs.getOrDefault(input.name(), NO_INPUT))));
        Map<String, io.longshore.protocol.config.proto.ModelOutput> outputs = new HashMap<>();
        stated.getOutputList().forEach(output -> outputs.put(output.getName(), output));
        message.clearOutput();
        config.outputs()
                .forEach(output -> message.addOutput(output(output, outputs.getOrDefault(output.name(), NO_OUTPUT))));
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

    private static io.longshore.protocol.config.proto.ModelInput input(
            ModelInput input, io.longshore.protocol.config.proto.ModelInput stated) {
        var message = stated.toBuilder()
                .setName(input.name())
                .setDataType(dataType(input.type()))
                .clearDims()
                .addAllDims(input.dims())
                .setOptional(input.optional());
        ModelTensorReshape reshape = reshape(input.reshape());
        return (reshape == null ? message.clearReshape() : message.setReshape(reshape)).build();
    }

    private static io.longshore.protocol.config.proto.ModelOutput output(
            ModelOutput output, io.longshore.protocol.config.proto.ModelOutput stated) {
        var message = stated.toBuilder()
                .setName(output.name())
                .setDataType(dataType(output.type()))
                .clearDims()
                .addAllDims(output.dims());
        if (output.labelFilename() != null) {
            message.setLabelFilename(output.labelFilename());
        }
        ModelTensorReshape reshape = reshape(output.reshape());
        return (reshape == null ? message.clearReshape() : message.setReshape(reshape)).build();
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

    private static List<ModelInstanceGroup> instanceGroups(ModelConfig config, List<ModelInstanceGroup> stated) {
        List<ModelInstanceGroup> groups = new ArrayList<>();
        for (int i = 0; i < config.instanceGroups().size(); i++) {
            ModelInstanceGroup base = i < stated.size() ? stated.get(i) : ModelInstanceGroup.getDefaultInstance();
            groups.add(instanceGroup(
                    config.name() + "_" + i, config.instanceGroups().get(i), base));
        }
        return groups;
    }

    /** Triton names a group without a name after the model and its position. */
    private static ModelInstanceGroup instanceGroup(String name, InstanceGroup group, ModelInstanceGroup stated) {
        ModelInstanceGroup.Builder message = stated.toBuilder();
        if (!stated.hasRateLimiter() && !group.rateLimit().equals(RateLimit.NONE)) {
            message.setRateLimiter(rateLimiter(group.rateLimit()));
        }
        return message.setName(stated.getName().isEmpty() ? name : stated.getName())
                .setKind(ModelInstanceGroup.Kind.valueOf("KIND_" + group.kind().name()))
                .setCount(group.count())
                .clearGpus()
                .addAllGpus(group.gpus())
                .build();
    }

    private static ModelRateLimiter rateLimiter(RateLimit limit) {
        ModelRateLimiter.Builder message = ModelRateLimiter.newBuilder().setPriority(limit.priority());
        limit.resources()
                .forEach(resource -> message.addResourcesBuilder()
                        .setName(resource.name())
                        .setGlobal(resource.global())
                        .setCount((int) resource.count()));
        return message.build();
    }

    private static void writeQueuePolicy(
            QueuePolicy policy,
            io.longshore.protocol.config.proto.ModelConfig stated,
            ModelDynamicBatching.Builder batching) {
        if (stated.getDynamicBatching().hasDefaultQueuePolicy() || !policy.equals(QueuePolicy.DEFAULT)) {
            batching.getDefaultQueuePolicyBuilder()
                    .setMaxQueueSize(policy.maxQueueSize())
                    .setDefaultTimeoutMicroseconds(policy.defaultTimeout().toNanos() / 1000)
                    .setTimeoutAction(
                            TimeoutAction.valueOf(policy.timeoutAction().name()));
        }
    }
}
