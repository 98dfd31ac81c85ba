package io.longshore.backend.java;

import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a class says of itself as a model. Immutable; every method gives a changed copy:
 *
 * <pre>{@code
 * ModelDeclaration.NONE
 *         .input("TEXT", DataType.BYTES, -1)
 *         .output("LENGTH", DataType.INT64, -1)
 * }</pre>
 *
 * @param inputs the inputs; empty = left to the configuration
 * @param outputs the outputs; empty = left to the configuration
 * @param maxBatchSize rows that one call takes; 0 = tensors have no batch dimension
 * @param isNonBlocking whether the code may run on any thread
 * @param isShared whether one object serves all instances
 */
public record ModelDeclaration(
        List<ModelInput> inputs, List<ModelOutput> outputs, int maxBatchSize, boolean isNonBlocking, boolean isShared) {
    /** Nothing declared: tensors come from the configuration, calls may block, each instance has its object. */
    public static final ModelDeclaration NONE = new ModelDeclaration(List.of(), List.of(), 0, false, false);

    public ModelDeclaration {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        if (maxBatchSize < 0) {
            throw new IllegalArgumentException("the maximum batch size is at least 0, got " + maxBatchSize);
        }
    }

    /**
     * With a required input.
     *
     * @param dims its dimensions without the batch dimension; -1 = any, none = scalar
     */
    public ModelDeclaration input(String name, DataType type, long... dims) {
        return withInput(new ModelInput(name, type, boxed(dims), null, false));
    }

    /** With an input that a request may leave out. */
    public ModelDeclaration optionalInput(String name, DataType type, long... dims) {
        return withInput(new ModelInput(name, type, boxed(dims), null, true));
    }

    /** With an output. */
    public ModelDeclaration output(String name, DataType type, long... dims) {
        List<ModelOutput> more = new ArrayList<>(outputs);
        more.add(new ModelOutput(name, type, boxed(dims), null, null));
        return new ModelDeclaration(inputs, more, maxBatchSize, isNonBlocking, isShared);
    }

    /** With a batch dimension in front of all tensors, and at most this many rows in a call. */
    public ModelDeclaration maxBatchSize(int rows) {
        return new ModelDeclaration(inputs, outputs, rows, isNonBlocking, isShared);
    }

    /**
     * For code that only computes: it never waits for a lock, a file, a network or another model's stage. It is then called
     * on the thread that brings the request, and what it chains to the stages of other models runs on their threads,
     * which saves a change of threads each time.
     */
    public ModelDeclaration nonBlocking() {
        return new ModelDeclaration(inputs, outputs, maxBatchSize, true, isShared);
    }

    /** For a thread-safe class: one object serves all instances. */
    public ModelDeclaration shared() {
        return new ModelDeclaration(inputs, outputs, maxBatchSize, isNonBlocking, true);
    }

    private ModelDeclaration withInput(ModelInput input) {
        List<ModelInput> more = new ArrayList<>(inputs);
        more.add(input);
        return new ModelDeclaration(more, outputs, maxBatchSize, isNonBlocking, isShared);
    }

    private static List<Long> boxed(long... dims) {
        return Arrays.stream(dims).boxed().toList();
    }
}
