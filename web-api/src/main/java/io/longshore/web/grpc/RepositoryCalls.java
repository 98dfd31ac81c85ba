package io.longshore.web.grpc;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ModelStatus;
import io.longshore.protocol.grpc.LoadMessage;
import io.longshore.protocol.grpc.proto.ModelRepositoryParameter;
import io.longshore.protocol.grpc.proto.RepositoryIndexRequest;
import io.longshore.protocol.grpc.proto.RepositoryIndexResponse;
import io.longshore.protocol.grpc.proto.RepositoryIndexResponse.ModelIndex;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadResponse;
import io.longshore.protocol.grpc.proto.RepositoryModelUnloadRequest;
import io.longshore.protocol.grpc.proto.RepositoryModelUnloadResponse;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Listing, loading and unloading models, as messages. Failures are InferenceExceptions, thrown or in the stage. Thread-safe.
 *
 * <p>KServe has other messages under the same names: the model's name is field 1, which is the repository's name in Triton's,
 * and the response tells name and success, where Triton's response has no field. Both are served: a name in field 1 alone is
 * the model's, and fields that Triton's clients do not know they pass over.
 */
final class RepositoryCalls {
    private final ModelControl control;

    RepositoryCalls(ModelControl control) {
        this.control = control;
    }

    RepositoryIndexResponse index(RepositoryIndexRequest request) {
        checkNoRepository(request.getRepositoryName());
        RepositoryIndexResponse.Builder answer = RepositoryIndexResponse.newBuilder();
        for (ModelStatus model : control.index(request.getReady())) {
            answer.addModels(ModelIndex.newBuilder()
                    .setName(model.name())
                    .setVersion(model.version() > 0 ? Long.toString(model.version()) : "")
                    .setState(
                            model.state() == ModelStatus.State.UNKNOWN
                                    ? ""
                                    : model.state().name())
                    .setReason(model.reason()));
        }
        return answer.build();
    }

    /** Reads the message of a load. */
    LoadMessage read(InputStream message) {
        return LoadMessage.read(message, control::beginUpload);
    }

    /** Takes the message over, whatever comes of it. */
    CompletionStage<RepositoryModelLoadResponse> load(LoadMessage message) {
        String name;
        try {
            name = modelName(message.modelName(), message.repositoryName());
        } catch (InferenceException e) {
            message.override().close();
            throw e;
        }
        return control.load(name, message.override())
                .thenApply(done -> RepositoryModelLoadResponse.newBuilder()
                        .setModelName(name)
                        .setIsLoaded(true)
                        .build());
    }

    CompletionStage<RepositoryModelUnloadResponse> unload(RepositoryModelUnloadRequest request) {
        String name = modelName(request.getModelName(), request.getRepositoryName());
        return control.unload(name, withDependents(request.getParametersMap()))
                .thenApply(done -> RepositoryModelUnloadResponse.newBuilder()
                        .setModelName(name)
                        .setIsUnloaded(true)
                        .build());
    }

    private static boolean withDependents(Map<String, ModelRepositoryParameter> parameters) {
        ModelRepositoryParameter given = parameters.get("unload_dependents");
        if (given != null && !given.hasBoolParam()) {
            throw invalid("invalid value type for unload parameter 'unload_dependents', expected bool_param.");
        }
        return given != null && given.getBoolParam();
    }

    private static String modelName(String model, String repository) {
        if (model.isEmpty()) {
            return repository;
        }
        checkNoRepository(repository);
        return model;
    }

    private static void checkNoRepository(String repository) {
        if (!repository.isEmpty()) {
            throw new InferenceException(ErrorCode.UNSUPPORTED, "'repository_name' specification is not supported");
        }
    }

    private static InferenceException invalid(String message) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
