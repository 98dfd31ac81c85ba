package io.longshore.trace;

import io.longshore.model.ModelId;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of one request, or of one that a model's code makes for it. Those form a tree, which is complete once
 * nobody holds it any more: whoever brought the request, and the engine for each request of the tree. What is recorded
 * after that is dropped. Thread-safe.
 */
public final class RequestTrace {
    /** Where the inputs of a request were met. */
    public static final String QUEUE_INPUT = "TENSOR_QUEUE_INPUT";

    /** Where the outputs of a request were met. */
    public static final String BACKEND_OUTPUT = "TENSOR_BACKEND_OUTPUT";

    private final Tree tree;
    private final long id;
    private final long parentId;
    private final List<TraceEvent> events = new ArrayList<>();
    private @Nullable ModelId model;
    private String requestId = "";

    /** What all traces of a tree share; its lock guards all of them. */
    private static final class Tree {
        private final LongSupplier ids;
        private final Set<TraceLevel> levels;
        private final @Nullable CallerTrace caller;
        private final List<RequestTrace> traces = new ArrayList<>();
        private Runnable whenComplete = () -> {};
        private int holds = 1;

        Tree(LongSupplier ids, Set<TraceLevel> levels, @Nullable CallerTrace caller) {
            this.ids = ids;
            this.levels = levels;
            this.caller = caller;
        }
    }

    private RequestTrace(Tree tree, long parentId) {
        this.tree = tree;
        this.parentId = parentId;
        this.id = tree.ids.getAsLong();
        synchronized (tree) {
            tree.traces.add(this);
        }
    }

    /**
     * The trace of a request from outside, held by its caller.
     *
     * @param ids gives each trace its number, from 1
     * @param levels what is recorded
     * @param caller the trace that the request is a part of; null = none
     * @param output gets the trace, on the thread of its last holder, once it is complete
     */
    public static RequestTrace begin(
            LongSupplier ids, Set<TraceLevel> levels, @Nullable CallerTrace caller, TraceOutput output) {
        Tree tree = new Tree(ids, levels, caller);
        RequestTrace root = new RequestTrace(tree, 0);
        tree.whenComplete = () -> output.accept(root);
        return root;
    }

    /** The trace of a request that the model's code makes while it works on this one; not held by anybody. */
    public RequestTrace nested() {
        return new RequestTrace(tree, id);
    }

    /** Keeps the tree from being complete until {@link #release}. */
    public void hold() {
        synchronized (tree) {
            tree.holds++;
        }
    }

    /** Ends a hold; with the last one the tree is complete. */
    public void release() {
        synchronized (tree) {
            if (--tree.holds != 0) {
                return;
            }
        }
        tree.whenComplete.run();
    }

    /** Names the version that serves the request. */
    public void servedBy(ModelId version, String request) {
        synchronized (tree) {
            model = version;
            requestId = request;
        }
    }

    /** Records a moment, given in nanoseconds of the engine's ticker. */
    public void record(TraceActivity activity, long nanos) {
        record(activity.name(), nanos);
    }

    /** Records a moment that a model's code has named. */
    public void record(String activity, long nanos) {
        if (tree.levels.contains(TraceLevel.TIMESTAMPS)) {
            add(new TraceEvent.Moment(activity, nanos));
        }
    }

    /** Records tensors, where the trace is to have them. They are copied as text. */
    public void record(String activity, List<Tensor> tensors) {
        if (tree.levels.contains(TraceLevel.TENSORS)) {
            for (Tensor tensor : tensors) {
                add(new TraceEvent.Value(
                        activity,
                        tensor.name(),
                        tensor.type().wireName(),
                        TensorText.shape(tensor),
                        TensorText.data(tensor)));
            }
        }
    }

    private void add(TraceEvent event) {
        synchronized (tree) {
            if (tree.holds > 0) {
                events.add(event);
            }
        }
    }

    /** The number of this trace. */
    public long id() {
        return id;
    }

    /** The number of the trace whose model made this request; 0 = none did. */
    public long parentId() {
        return parentId;
    }

    /** The version that served the request; null where it came to none. */
    public @Nullable ModelId model() {
        synchronized (tree) {
            return model;
        }
    }

    /** The request's id; may be empty. */
    public String requestId() {
        synchronized (tree) {
            return requestId;
        }
    }

    /** The trace that the tree is a part of. */
    public @Nullable CallerTrace caller() {
        return tree.caller;
    }

    /** What was recorded, in that order. */
    public List<TraceEvent> events() {
        synchronized (tree) {
            return List.copyOf(events);
        }
    }

    /** All traces of the tree, in the order in which they began. */
    public List<RequestTrace> tree() {
        synchronized (tree) {
            return List.copyOf(tree.traces);
        }
    }
}
