package io.longshore.web.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.protocol.grpc.LoadMessage;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadResponse;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One {@code RepositoryModelLoad} call. Its message, which may hold a model of gigabytes, is read out of the transport's
 * buffers piece by piece. The listener's methods come one after the other; whoever ends the call first, closes it.
 */
final class LoadCall extends ServerCall.Listener<InputStream> {
    private static final String SUBJECT = "RepositoryModelLoad";

    private final RepositoryCalls repository;
    private final ServerCall<InputStream, RepositoryModelLoadResponse> call;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable LoadMessage received;

    private LoadCall(RepositoryCalls repository, ServerCall<InputStream, RepositoryModelLoadResponse> call) {
        this.repository = repository;
        this.call = call;
    }

    /** Takes the calls. */
    static ServerCallHandler<InputStream, RepositoryModelLoadResponse> handler(RepositoryCalls repository) {
        return (call, headers) -> {
            call.request(2);
            return new LoadCall(repository, call);
        };
    }

    @Override
    public void onMessage(InputStream message) {
        if (received != null) {
            discard();
            fail(notOneMessage());
        } else if (!closed.get()) {
            try {
                received = repository.read(message);
            } catch (RuntimeException | OutOfMemoryError e) {
                fail(e);
            }
        }
    }

    @Override
    public void onHalfClose() {
        LoadMessage message = received;
        received = null;
        if (message == null) {
            fail(notOneMessage());
            return;
        }
        try {
            repository.load(message).whenComplete(this::end);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    @Override
    public void onCancel() {
        discard();
    }

    private void discard() {
        LoadMessage message = received;
        received = null;
        if (message != null) {
            message.override().close();
        }
    }

    private void end(@Nullable RepositoryModelLoadResponse answer, @Nullable Throwable failure) {
        if (failure != null || answer == null) {
            fail(failure == null ? new IllegalStateException("a load ended without an answer") : failure);
        } else if (!call.isCancelled() && closed.compareAndSet(false, true)) {
            call.sendHeaders(new Metadata());
            call.sendMessage(answer);
            call.close(Status.OK, new Metadata());
        }
    }

    private void fail(Throwable failure) {
        if (closed.compareAndSet(false, true)) {
            call.close(GrpcStatus.ofThrown(failure, SUBJECT), new Metadata());
        }
    }

    private static InferenceException notOneMessage() {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, SUBJECT + " takes one request message");
    }
}
