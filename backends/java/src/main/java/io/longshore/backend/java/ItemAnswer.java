package io.longshore.backend.java;

import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives an item exactly one end, and only responses that fit the configuration, whatever the model's code does. An end that
 * comes while a response is being written waits for it without holding a lock, so that calls to the item never overlap.
 */
final class ItemAnswer implements ResponseWriter {
    private final ExecutionItem item;
    private final ModelRuntime runtime;
    private boolean ended;
    private boolean writing;
    private @Nullable Runnable endAfterWriting;

    ItemAnswer(ExecutionItem item, ModelRuntime runtime) {
        this.item = item;
        this.runtime = runtime;
    }

    synchronized boolean isEnded() {
        return ended;
    }

    @Override
    public void write(Outputs outputs) {
        List<Tensor> wanted = wanted(outputs);
        try {
            beginWriting();
        } catch (RuntimeException e) {
            wanted.forEach(Tensor::release);
            throw e;
        }
        try {
            LoadedCode.outside(() -> item.respond(wanted, outputs.parameters(), false));
        } finally {
            endWriting();
        }
    }

    /** Ends the item with its only response; with a failure where nobody waits for it any more. */
    void finish(Outputs outputs) {
        List<Tensor> wanted;
        try {
            wanted = wanted(outputs);
        } catch (InferenceException e) {
            fail(e);
            return;
        }
        if (item.context().isCancelled()) {
            wanted.forEach(Tensor::release);
            fail(Failures.cancelled(runtime.modelName(), item.context()));
            return;
        }
        if (!end(() -> item.respond(wanted, outputs.parameters(), true))) {
            wanted.forEach(Tensor::release);
        }
    }

    /** Ends the item of a decoupled model without a further response. */
    void finish() {
        end(() -> item.respond(List.of(), Parameters.NONE, true));
    }

    /**
     * Ends the item with a failure.
     *
     * @return false if it had its end before
     */
    boolean fail(InferenceException failure) {
        return end(() -> item.fail(failure));
    }

    private boolean end(Runnable end) {
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            if (writing) {
                endAfterWriting = end;
                return true;
            }
        }
        LoadedCode.outside(end);
        return true;
    }

    private synchronized void beginWriting() {
        if (item.context().isCancelled()) {
            throw Failures.cancelled(runtime.modelName(), item.context());
        }
        if (ended) {
            throw new IllegalStateException("the request has had its end");
        }
        if (writing) {
            throw new IllegalStateException("another response is being written; write one after the other");
        }
        writing = true;
    }

    private void endWriting() {
        Runnable end;
        synchronized (this) {
            writing = false;
            end = endAfterWriting;
        }
        if (end != null) {
            LoadedCode.outside(end);
        }
    }

    /** The tensors asked for, in the order asked for; the others are released. If one is amiss, all are. */
    private List<Tensor> wanted(Outputs outputs) {
        Map<String, Tensor> given = new LinkedHashMap<>();
        List<Tensor> wanted = new ArrayList<>();
        try {
            for (Tensor tensor : outputs.tensors()) {
                if (given.put(tensor.name(), tensor) != null) {
                    throw malformed("it gave output '" + tensor.name() + "' twice");
                }
            }
            for (String name : item.outputs()) {
                wanted.add(checked(name, given));
            }
        } catch (InferenceException e) {
            outputs.release();
            throw e;
        }
        given.keySet().removeAll(item.outputs());
        given.values().forEach(Tensor::release);
        return wanted;
    }

    private Tensor checked(String name, Map<String, Tensor> given) {
        Tensor tensor = given.get(name);
        TensorSpec spec = runtime.outputs().get(name);
        if (tensor == null || spec == null) {
            throw malformed("it gave no output '" + name + "', only " + given.keySet());
        }
        if (tensor.type() != spec.type() || !spec.accepts(tensor.shape())) {
            throw malformed("it gave output '" + name + "' as " + tensor.type().wireName() + tensor.shape()
                    + ", its configuration says " + spec.type().wireName() + spec.renderDims());
        }
        return tensor;
    }

    private InferenceException malformed(String problem) {
        return Failures.malformed(runtime.modelName(), problem);
    }
}
