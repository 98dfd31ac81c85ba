package io.longshore.inference;

import org.jspecify.annotations.Nullable;

/**
 * Writes outputs to regions on their way to another sink. A failure to write is the end that the other sink is told; the
 * request is withdrawn then, and whatever still comes of it is dropped.
 */
final class RegionSink implements ResponseSink {
    private final OutputRegions regions;
    private final ResponseSink target;
    // The sink's calls do not overlap, but the caller of infer meets them here.
    private @Nullable InferenceCall call;
    private boolean hasFailed;

    RegionSink(OutputRegions regions, ResponseSink target) {
        this.regions = regions;
        this.target = target;
    }

    void startedBy(InferenceCall started) {
        synchronized (this) {
            call = started;
            if (!hasFailed) {
                return;
            }
        }
        started.cancel();
    }

    @Override
    public void onResponse(InferenceResponse response, boolean isFinal) {
        if (hasFailed()) {
            response.release();
            return;
        }
        InferenceResponse stored;
        try {
            stored = regions.store(response);
        } catch (RuntimeException | OutOfMemoryError e) {
            response.release();
            fail(coded(e));
            return;
        }
        if (isFinal) {
            regions.release();
        }
        target.onResponse(stored, isFinal);
    }

    @Override
    public void onError(InferenceException failure) {
        regions.release();
        if (!hasFailed()) {
            target.onError(failure);
        }
    }

    private void fail(InferenceException failure) {
        InferenceCall started;
        synchronized (this) {
            hasFailed = true;
            started = call;
        }
        regions.release();
        target.onError(failure);
        if (started != null) {
            started.cancel();
        }
    }

    private synchronized boolean hasFailed() {
        return hasFailed;
    }

    private static InferenceException coded(Throwable thrown) {
        return thrown instanceof InferenceException failure
                ? failure
                : new InferenceException(ErrorCode.INTERNAL, "an output was not written to shared memory", thrown);
    }
}
