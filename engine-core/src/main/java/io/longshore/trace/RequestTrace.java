package io.longshore.trace;

import io.longshore.model.ModelId;
import io.longshore.tensor.Tensor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of one request, or of one that a model's code makes for it. Those form a tree, which is complete once
 * nobody holds it any more: whoever brought the request, and the engine for each request of the tree. What is recorded
 * after that is dropped, and so is what would make it larger than a trace that anybody reads. Thread-safe; recording never
 * throws, since a trace is no reason for a request to fail.
 */
public final class RequestTrace {
    /** Where the inputs of a request were met. */
    public static final String QUEUE_INPUT = "TENSOR_QUEUE_INPUT";

    /** Where the outputs of a request were met. */
    public static final String BACKEND_OUTPUT = "TENSOR_BACKEND_OUTPUT";

    /** Characters and, at some each, moments of a tree that are kept: it is in nobody's budget. */
    static final int MOST_CHARACTERS = 4 << 20;

    private static final int OF_A_MOMENT = 64;
    private static final String CUT_OFF = "TRACE_CUT_OFF";
    private static final Logger LOG = System.getLogger(RequestTrace.class.getName());

    private final Tree tree;
    private final String wanted;
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
        private int characters;

        Tree(LongSupplier ids, Set<TraceLevel> levels, @Nullable CallerTrace caller) {
            this.ids = ids;
            this.levels = levels;
            this.caller = caller;
        }

        /** Whether so many characters more are still recorded. */
        boolean isOpen(int more) {
            return holds > 0 && characters + more <= MOST_CHARACTERS;
        }
    }

    private RequestTrace(Tree tree, String wanted, long parentId) {
        this.tree = tree;
        this.wanted = wanted;
        this.parentId = parentId;
        this.id = tree.ids.getAsLong();
        synchronized (tree) {
            if (tree.isOpen(0)) {
                tree.traces.add(this);
            }
        }
    }

    /**
     * The trace of a request from outside, held by its caller.
     *
     * @param model the name of the model wanted
     * @param ids gives each trace its number, from 1
     * @param levels what is recorded
     * @param caller the trace that the request is a part of; null = none
     * @param output gets the trace, on the thread of its last holder, once it is complete
     */
    public static RequestTrace begin(
            String model, LongSupplier ids, Set<TraceLevel> levels, @Nullable CallerTrace caller, TraceOutput output) {
        Tree tree = new Tree(ids, levels, caller);
        RequestTrace root = new RequestTrace(tree, model, 0);
        tree.whenComplete = () -> output.accept(root);
        return root;
    }

    /**
     * The trace of a request that the model's code makes while it works on this one; not held by anybody.
     *
     * @param other the name of the model wanted
     */
    public RequestTrace nested(String other) {
        return new RequestTrace(tree, other, id);
    }

    /** Keeps the tree from being complete until {@link #release}; one that is complete stays so. */
    public void hold() {
        synchronized (tree) {
            if (tree.holds > 0) {
                tree.holds++;
            }
        }
    }

    /** Ends a hold; with the last one the tree is complete. */
    public void release() {
        synchronized (tree) {
            if (tree.holds == 0 || --tree.holds != 0) {
                return;
            }
        }
        try {
            tree.whenComplete.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "a trace is lost", e);
        }
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
            add(new TraceEvent.Moment(activity, nanos), OF_A_MOMENT + activity.length());
        }
    }

    /** Records tensors, where the trace is to have them. They are copied as text. */
    public void record(String activity, List<Tensor> tensors) {
        if (!tree.levels.contains(TraceLevel.TENSORS)) {
            return;
        }
        for (Tensor tensor : tensors) {
            try {
                TraceEvent.Value value = value(activity, tensor);
                add(value, OF_A_MOMENT + value.data().length());
            } catch (RuntimeException | OutOfMemoryError e) {
                LOG.log(Level.WARNING, "tensor '" + tensor.name() + "' could not be recorded", e);
            }
        }
    }

    private static TraceEvent.Value value(String activity, Tensor tensor) {
        return new TraceEvent.Value(
                activity, tensor.name(), tensor.type().wireName(), TensorText.shape(tensor), TensorText.data(tensor));
    }

    private void add(TraceEvent event, int characters) {
        synchronized (tree) {
            if (tree.isOpen(characters)) {
                events.add(event);
                tree.characters += characters;
            } else if (tree.isOpen(0)) {
                events.add(new TraceEvent.Moment(CUT_OFF, 0));
                tree.characters = MOST_CHARACTERS + 1;
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

    /** The name of the model that was wanted. */
    public String wantedModel() {
        return wanted;
    }

    /** About how many characters the tree takes. */
    public int characters() {
        synchronized (tree) {
            return tree.characters;
        }
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
