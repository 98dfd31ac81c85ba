package io.longshore.web.grpc;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ReadinessFeed;
import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;
import java.util.concurrent.ThreadFactory;

/**
 * {@code grpc.health.v1.Health}: of the server, or of the model that is named as the service. {@code Check} of a model that is
 * not known is NOT_FOUND; {@code Watch} of one says SERVICE_UNKNOWN and waits for it. Thread-safe; never waits.
 */
final class ServerHealth extends HealthGrpc.HealthImplBase implements AutoCloseable {
    private final ServerStatus status;
    private final HealthWatches watches;

    /**
     * @param status how things are
     * @param feed when that changes
     * @param threads makes the thread that tells those who watch
     */
    ServerHealth(ServerStatus status, ReadinessFeed feed, ThreadFactory threads) {
        this.status = status;
        this.watches = new HealthWatches(this::of, feed, threads);
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
        ServingStatus serving = of(request.getService());
        if (serving == ServingStatus.SERVICE_UNKNOWN) {
            answers.onError(Status.NOT_FOUND
                    .withDescription("there is no model '" + request.getService() + "'")
                    .asRuntimeException());
        } else {
            answers.onNext(HealthCheckResponse.newBuilder().setStatus(serving).build());
            answers.onCompleted();
        }
    }

    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
        watches.add(request.getService(), (ServerCallStreamObserver<HealthCheckResponse>) answers);
    }

    private ServingStatus of(String service) {
        boolean isServer = service.isEmpty() || service.equals(V2Service.DESCRIPTION.getFullName());
        if (isServer
                ? status.readiness().isReady()
                : status.readiness(ModelSelector.latest(service)).isReady()) {
            return ServingStatus.SERVING;
        }
        return isServer || isKnown(service) ? ServingStatus.NOT_SERVING : ServingStatus.SERVICE_UNKNOWN;
    }

    private boolean isKnown(String model) {
        try {
            status.describe(ModelSelector.latest(model));
            return true;
        } catch (InferenceException e) {
            return e.code() != ErrorCode.MODEL_NOT_FOUND;
        }
    }

    /** Ends the streams of those who watch, which have no end of their own. */
    @Override
    public void close() {
        watches.close();
    }
}
