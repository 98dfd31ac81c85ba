package io.longshore.inference;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Turns a stream of responses into exactly one; cancelling the future cancels the request. */
final class SingleResponse extends CompletableFuture<InferenceResponse> implements ResponseSink {
    private volatile InferenceCall call = () -> {};
    private @Nullable InferenceResponse only;
    private int count;

    void startedBy(InferenceCall started) {
        call = started;
        if (isCancelled()) {
            started.cancel();
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        call.cancel();
        return cancelled;
    }

    @Override
    public void onResponse(InferenceResponse response, boolean isFinal) {
        if (response.outputs().isEmpty()) {
            response.release();
        } else if (count++ == 0) {
            only = response;
        } else {
            response.release();
        }
        if (isFinal) {
            end();
        }
    }

    @Override
    public void onError(InferenceException failure) {
        dropHeld();
        completeExceptionally(failure);
    }

    private void end() {
        InferenceResponse held = only;
        if (held == null || count != 1) {
            dropHeld();
            completeExceptionally(new InferenceException(
                    ErrorCode.UNSUPPORTED, "expected exactly one response, the model gave " + count));
        } else if (!complete(held)) {
            held.release();
        }
    }

    private void dropHeld() {
        if (only != null) {
            only.release();
            only = null;
        }
    }
}
