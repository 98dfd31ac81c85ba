package io.longshore.web.grpc;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ModelStatus;
import io.longshore.inference.ModelUpload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Notes what it is told to do, and fails for the model broken. */
final class RecordingControl implements ModelControl {
    final List<String> calls = new ArrayList<>();

    @Override
    public CompletionStage<Void> load(String name, LoadOverride override) {
        String config = override.config() == null ? "" : " with " + override.config();
        override.close();
        return note("load " + name + config);
    }

    @Override
    public ModelUpload beginUpload() {
        return new RecordingUpload(calls);
    }

    @Override
    public CompletionStage<Void> unload(String name, boolean withDependents) {
        return note("unload " + name + (withDependents ? " with dependents" : ""));
    }

    private CompletionStage<Void> note(String call) {
        calls.add(call);
        return call.endsWith("broken")
                ? CompletableFuture.failedFuture(new InferenceException(
                        ErrorCode.INVALID_ARGUMENT, "load failed for model 'broken': no weights"))
                : CompletableFuture.completedFuture(null);
    }

    @Override
    public List<ModelStatus> index() {
        return List.of(
                new ModelStatus("broken", 1, ModelStatus.State.UNAVAILABLE, "no weights"),
                new ModelStatus("cold", 0, ModelStatus.State.UNKNOWN, ""),
                new ModelStatus("m", 3, ModelStatus.State.READY, ""));
    }
}
