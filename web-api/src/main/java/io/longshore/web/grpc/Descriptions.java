package io.longshore.web.grpc;

import io.longshore.inference.ModelDescription;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.WireSettings;
import io.longshore.model.ModelConfig;
import io.longshore.protocol.config.ModelConfigWriter;
import io.longshore.protocol.grpc.ModelVersions;
import io.longshore.protocol.grpc.proto.ModelConfigRequest;
import io.longshore.protocol.grpc.proto.ModelConfigResponse;
import io.longshore.protocol.grpc.proto.ModelMetadataRequest;
import io.longshore.protocol.grpc.proto.ModelMetadataResponse;
import io.longshore.protocol.grpc.proto.ModelMetadataResponse.TensorMetadata;
import io.longshore.protocol.grpc.proto.ModelReadyRequest;
import io.longshore.protocol.grpc.proto.ModelReadyResponse;
import io.longshore.protocol.grpc.proto.ServerLiveResponse;
import io.longshore.protocol.grpc.proto.ServerMetadataResponse;
import io.longshore.protocol.grpc.proto.ServerReadyResponse;
import io.longshore.tensor.TensorSpec;
import io.longshore.web.WebSettings;

/** How the server and its models are, as messages. Failures are InferenceExceptions. Thread-safe; never waits. */
final class Descriptions {
    private final ServerStatus status;
    private final WireSettings settings;

    Descriptions(ServerStatus status, WireSettings settings) {
        this.status = status;
        this.settings = settings;
    }

    ServerLiveResponse live() {
        return ServerLiveResponse.newBuilder().setLive(status.isLive()).build();
    }

    ServerReadyResponse ready() {
        return ServerReadyResponse.newBuilder()
                .setReady(status.readiness().isReady())
                .build();
    }

    /** A model that is not known is not ready, rather than an error: clients raise on errors. */
    ModelReadyResponse ready(ModelReadyRequest request) {
        return ModelReadyResponse.newBuilder()
                .setReady(status.readiness(ModelVersions.selector(request.getName(), request.getVersion()))
                        .isReady())
                .build();
    }

    ServerMetadataResponse server() {
        return ServerMetadataResponse.newBuilder()
                .setName(settings.serverName())
                .setVersion(settings.serverVersion())
                .addAllExtensions(WebSettings.EXTENSIONS)
                .build();
    }

    /** The same as on REST. */
    ModelMetadataResponse model(ModelMetadataRequest request) {
        ModelDescription model = status.describe(ModelVersions.selector(request.getName(), request.getVersion()));
        ModelConfig config = model.config();
        boolean batched = config.isBatched();
        ModelMetadataResponse.Builder answer = ModelMetadataResponse.newBuilder()
                .setName(config.name())
                .setPlatform(config.platform().isEmpty() ? config.backend() : config.platform());
        model.versions().forEach(version -> answer.addVersions(Long.toString(version)));
        config.inputs().forEach(input -> answer.addInputs(tensor(input.requestSpec(batched))));
        config.outputs().forEach(output -> answer.addOutputs(tensor(output.responseSpec(batched))));
        return answer.build();
    }

    /** The configuration in effect. */
    ModelConfigResponse config(ModelConfigRequest request) {
        ModelDescription model = status.describe(ModelVersions.selector(request.getName(), request.getVersion()));
        return ModelConfigResponse.newBuilder()
                .setConfig(ModelConfigWriter.message(model.config()))
                .build();
    }

    private static TensorMetadata tensor(TensorSpec spec) {
        return TensorMetadata.newBuilder()
                .setName(spec.name())
                .setDatatype(spec.type().wireName())
                .addAllShape(spec.dims())
                .build();
    }
}
