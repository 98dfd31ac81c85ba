package io.longshore.web.grpc;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;

/**
 * {@code grpc.health.v1.Health/Check}: of the server, or of the model that is named as the service. A model that is not
 * known is NOT_FOUND. There is no {@code Watch}, as in Triton. Thread-safe; never waits.
 */
final class ServerHealth extends HealthGrpc.HealthImplBase {
    private final ServerStatus status;

    ServerHealth(ServerStatus status) {
        this.status = status;
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
        boolean serving;
        try {
            serving = isServing(request.getService());
        } catch (InferenceException e) {
            answers.onError(Status.NOT_FOUND.withDescription(e.getMessage()).asRuntimeException());
            return;
        }
        answers.onNext(HealthCheckResponse.newBuilder()
                .setStatus(serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING)
                .build());
        answers.onCompleted();
    }

    private boolean isServing(String service) {
        if (service.isEmpty() || service.equals(V2Service.DESCRIPTION.getFullName())) {
            return status.readiness().isReady();
        }
        try {
            status.describe(ModelSelector.latest(service));
            return true;
        } catch (InferenceException e) {
            if (e.code() == ErrorCode.MODEL_NOT_FOUND) {
                throw e;
            }
            return false;
        }
    }
}
