package io.longshore.protocol.config;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.longshore.protocol.config.proto.DataType;
import io.longshore.protocol.config.proto.ModelConfig;
import io.longshore.protocol.config.proto.ModelDynamicBatching;
import io.longshore.protocol.config.proto.ModelInput;
import io.longshore.protocol.config.proto.ModelInstanceGroup;
import io.longshore.protocol.config.proto.ModelMetrics;
import io.longshore.protocol.config.proto.ModelMetrics.MetricControl;
import io.longshore.protocol.config.proto.ModelOptimizationPolicy;
import io.longshore.protocol.config.proto.ModelOutput;
import io.longshore.protocol.config.proto.ModelQueuePolicy;
import io.longshore.protocol.config.proto.ModelResponseCache;
import io.longshore.protocol.config.proto.ModelTensorReshape;
import io.longshore.protocol.config.proto.ModelVersionPolicy;
import io.longshore.protocol.config.proto.ModelWarmup;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** Random configurations that are served, with every value stated that has a default of its own. */
final class RandomConfig {
    private static final List<String> TEXTS = List.of("a", "say \"x\"\n", "grüß 漢", "\\ '", "k.1/b-c");

    private final Random random;

    RandomConfig(Random random) {
        this.random = random;
    }

    ModelConfig next() {
        ModelConfig.Builder config = ModelConfig.newBuilder()
                .setName("m")
                .setBackend("onnxruntime")
                .setPlatform(flip() ? "onnxruntime_onnx" : "")
                .setRuntime(flip() ? text() : "")
                .setMaxBatchSize(random.nextInt(16))
                .setVersionPolicy(versionPolicy())
                .setDefaultModelFilename(flip() ? "net.onnx" : "");
        config.getModelTransactionPolicyBuilder().setDecoupled(flip());
        for (int i = random.nextInt(3); i >= 0; i--) {
            config.addInput(input("I" + i, config.getMaxBatchSize() > 0)).addOutput(output("O" + i));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            config.addInstanceGroup(instanceGroup("g" + i));
        }
        if (flip()) {
            config.setOptimization(optimization());
        }
        if (flip()) {
            config.setDynamicBatching(batching(config.getMaxBatchSize()));
        }
        fillRest(config);
        return config.build();
    }

    private void fillRest(ModelConfig.Builder config) {
        for (int i = random.nextInt(3); i > 0; i--) {
            config.addModelWarmup(warmup(config));
            config.putCcModelFilenames(text() + i, text());
            config.putMetricTags("tag" + i, text());
            config.putParameters(text() + i, parameter());
        }
        if (flip() && !config.getModelTransactionPolicy().getDecoupled()) {
            config.setResponseCache(filled(ModelResponseCache.newBuilder()));
        }
        if (flip()) {
            config.setModelMetrics(ModelMetrics.newBuilder()
                    .addMetricControl(control("longshore_request_duration_seconds"))
                    .addMetricControl(control("somebody_elses_metric")));
        }
    }

    private ModelWarmup warmup(ModelConfig.Builder config) {
        ModelWarmup.Builder warmup = ModelWarmup.newBuilder()
                .setName(text())
                .setBatchSize(flip() ? 1 : 0)
                .setCount(random.nextInt());
        for (ModelInput input : config.getInputList()) {
            ModelWarmup.Input.Builder data = ModelWarmup.Input.newBuilder().setDataType(input.getDataType());
            input.getDimsList().forEach(dim -> data.addDims(Math.max(1, dim)));
            warmup.putInputs(
                    input.getName(),
                    switch (random.nextInt(3)) {
                        case 0 -> data.setZeroData(flip()).build();
                        case 1 -> data.setRandomData(flip()).build();
                        default -> data.setInputDataFile("k.1/b-c").build();
                    });
        }
        return warmup.build();
    }

    private io.longshore.protocol.config.proto.ModelParameter parameter() {
        return io.longshore.protocol.config.proto.ModelParameter.newBuilder()
                .setStringValue(text())
                .build();
    }

    private MetricControl.Builder control(String family) {
        MetricControl.Builder control = MetricControl.newBuilder();
        control.getMetricIdentifierBuilder().setFamily(family);
        control.getHistogramOptionsBuilder().addBuckets(0.5).addBuckets(1 + random.nextDouble());
        return control;
    }

    private ModelVersionPolicy versionPolicy() {
        ModelVersionPolicy.Builder policy = ModelVersionPolicy.newBuilder();
        switch (random.nextInt(3)) {
            case 0 -> policy.getLatestBuilder().setNumVersions(1 + random.nextInt(5));
            case 1 -> policy.getAllBuilder();
            default ->
                policy.getSpecificBuilder().addVersions(1 + random.nextInt(5)).addVersions(7);
        }
        return policy.build();
    }

    private ModelInput input(String name, boolean batched) {
        List<Long> dims = dims();
        boolean ragged = batched && flip();
        ModelInput.Builder input = ModelInput.newBuilder()
                .setName(name)
                .setDataType(type())
                .addAllDims(dims)
                .setOptional(!ragged && flip())
                .setIsShapeTensor(flip())
                .setAllowRaggedBatch(ragged)
                .setIsNonLinearFormatIo(flip());
        if (dims.size() == 3) {
            input.setFormat(ModelInput.Format.forNumber(random.nextInt(3)));
        }
        return (flip() ? input.setReshape(reshape(dims)) : input).build();
    }

    private ModelOutput output(String name) {
        List<Long> dims = dims();
        ModelOutput.Builder output = ModelOutput.newBuilder()
                .setName(name)
                .setDataType(type())
                .addAllDims(dims)
                .setLabelFilename(flip() ? "labels.txt" : "")
                .setIsShapeTensor(flip())
                .setIsNonLinearFormatIo(flip());
        return (flip() ? output.setReshape(reshape(dims)) : output).build();
    }

    private List<Long> dims() {
        return LongStream.generate(() -> random.nextInt(3) == 0 ? -1 : 1 + random.nextInt(5))
                .limit(1 + random.nextInt(4))
                .boxed()
                .toList();
    }

    private static ModelTensorReshape reshape(List<Long> dims) {
        return ModelTensorReshape.newBuilder().addAllShape(dims).addShape(1).build();
    }

    private DataType type() {
        return DataType.forNumber(1 + random.nextInt(14));
    }

    private ModelInstanceGroup instanceGroup(String name) {
        ModelInstanceGroup.Builder group = filled(ModelInstanceGroup.newBuilder());
        group.setName(name).setCount(1 + random.nextInt(4)).clearGpus();
        if (group.hasRateLimiter()) {
            group.getRateLimiterBuilder().getResourcesBuilderList().forEach(each -> each.setName("R" + each.getName()));
        }
        return (group.getKind() == ModelInstanceGroup.Kind.KIND_GPU ? group.addGpus(random.nextInt(4)) : group).build();
    }

    private ModelOptimizationPolicy optimization() {
        ModelOptimizationPolicy.Builder policy = filled(ModelOptimizationPolicy.newBuilder());
        if (policy.hasGraph()) {
            policy.getGraphBuilder().setLevel(random.nextInt(4) - 1);
        }
        return policy.build();
    }

    private ModelDynamicBatching batching(int maxBatchSize) {
        ModelDynamicBatching.Builder batching = filled(ModelDynamicBatching.newBuilder())
                .clearPreferredBatchSize()
                .clearPriorityQueuePolicy();
        for (int size = 1; size <= maxBatchSize; size += 1 + random.nextInt(3)) {
            batching.addPreferredBatchSize(size);
        }
        batching.setPriorityLevels(random.nextInt(4)).setDefaultPriorityLevel(0);
        for (int level = 1; level <= batching.getPriorityLevels(); level++) {
            batching.setDefaultPriorityLevel(level)
                    .putPriorityQueuePolicy(
                            level, filled(ModelQueuePolicy.newBuilder()).build());
        }
        batching.setPreserveOrdering(batching.getPriorityLevels() == 0 && flip());
        if (batching.hasDefaultQueuePolicy()) {
            batching.getDefaultQueuePolicyBuilder()
                    .setMaxQueueSize(1 + random.nextInt(100))
                    .setDefaultTimeoutMicroseconds(batching.getPreserveOrdering() ? 0 : random.nextInt(1_000_000));
        }
        return batching.build();
    }

    /** A message whose fields are set at random, those of messages inside it too. */
    private <B extends Message.Builder> B filled(B message) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isMapField()) {
                addEntry(message, field);
            } else if (field.isRepeated()) {
                for (int i = random.nextInt(3); i > 0; i--) {
                    message.addRepeatedField(field, value(message, field));
                }
            } else if (flip()) {
                message.setField(field, value(message, field));
            }
        }
        return message;
    }

    private void addEntry(Message.Builder message, FieldDescriptor field) {
        if (flip()) {
            message.addRepeatedField(
                    field, filled(message.newBuilderForField(field)).build());
        }
    }

    private Object value(Message.Builder message, FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> filled(message.newBuilderForField(field)).build();
            case ENUM -> any(field.getEnumType());
            case STRING -> text();
            case BOOLEAN -> flip();
            case INT -> random.nextInt();
            case LONG -> random.nextLong();
            default -> throw new IllegalArgumentException(field.getFullName());
        };
    }

    private Object any(EnumDescriptor type) {
        return type.getValues().get(random.nextInt(type.getValues().size()));
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private boolean flip() {
        return random.nextBoolean();
    }
}
