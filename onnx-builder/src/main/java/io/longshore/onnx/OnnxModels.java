package io.longshore.onnx;

import static io.longshore.onnx.Dim.dim;
import static io.longshore.onnx.Dim.unnamed;
import static io.longshore.onnx.ElementType.FLOAT;
import static io.longshore.onnx.ElementType.INT32;
import static io.longshore.onnx.ElementType.INT64;
import static io.longshore.onnx.ElementType.STRING;

/**
 * Models that tests, benchmarks and the demo need, one per behaviour that a server must get right. Inputs are called
 * {@code INPUT0}, {@code INPUT1}, outputs {@code OUTPUT0} and so on.
 */
public final class OnnxModels {
    /** The file that {@link #externalWeights()} keeps its weights in. */
    public static final String EXTERNAL_FILE = "model.weights";

    private static final String INPUT0 = "INPUT0";
    private static final String INPUT1 = "INPUT1";
    private static final String INPUT2 = "INPUT2";
    private static final String OUTPUT0 = "OUTPUT0";
    private static final String OUTPUT1 = "OUTPUT1";
    private static final String OUTPUT2 = "OUTPUT2";

    private OnnxModels() {}

    /** INT32 INPUT0, INPUT1 [N,16] to their sum OUTPUT0 and difference OUTPUT1 [N,16]. */
    public static OnnxGraph simple() {
        return sumAndDifference("simple", dim("N"), dim(16));
    }

    /** As {@link #simple()} without the batch dimension: all tensors are [16]. */
    public static OnnxGraph simpleUnbatched() {
        return sumAndDifference("simple_unbatched", dim(16));
    }

    /** As {@link #simple()} with a batch dimension that has neither size nor name. */
    public static OnnxGraph simpleUnnamedBatch() {
        return sumAndDifference("simple_unnamed_batch", unnamed(), dim(16));
    }

    /** As {@link #simple()} with a batch dimension fixed to 8. */
    public static OnnxGraph simpleFixedBatch() {
        return sumAndDifference("simple_fixed_batch", dim(8), dim(16));
    }

    /** INPUT0 unchanged to OUTPUT0; without dims the tensors are scalars. */
    public static OnnxGraph identity(ElementType type, Dim... dims) {
        return OnnxGraph.named("identity")
                .input(INPUT0, type, dims)
                .node(OnnxNode.of("Identity").inputs(INPUT0).outputs(OUTPUT0))
                .output(OUTPUT0, type, dims);
    }

    /** FP32 scalars INPUT0 and INPUT1 to their sum, the scalar OUTPUT0. */
    public static OnnxGraph scalarSum() {
        return OnnxGraph.named("scalar_sum")
                .input(INPUT0, FLOAT)
                .input(INPUT1, FLOAT)
                .node(OnnxNode.of("Add").inputs(INPUT0, INPUT1).outputs(OUTPUT0))
                .output(OUTPUT0, FLOAT);
    }

    /** FP32 INPUT0 [N,-1] to three outputs of different shapes: negated [N,-1], row sums [N] and its own shape INT64 [2]. */
    public static OnnxGraph severalOutputs() {
        return OnnxGraph.named("several_outputs")
                .input(INPUT0, FLOAT, dim("N"), dim("M"))
                .constant(ConstantTensor.int64s("axes", 1))
                .node(OnnxNode.of("Neg").inputs(INPUT0).outputs(OUTPUT0))
                .node(OnnxNode.of("ReduceSum")
                        .inputs(INPUT0, "axes")
                        .outputs(OUTPUT1)
                        .attribute("keepdims", 0))
                .node(OnnxNode.of("Shape").inputs(INPUT0).outputs(OUTPUT2))
                .output(OUTPUT0, FLOAT, dim("N"), dim("M"))
                .output(OUTPUT1, FLOAT, dim("N"))
                .output(OUTPUT2, INT64, dim(2));
    }

    /** STRING INPUT0 [-1] to the same texts with a to z in upper case. */
    public static OnnxGraph stringUpper() {
        return OnnxGraph.named("string_upper")
                .input(INPUT0, STRING, dim("N"))
                .node(OnnxNode.of("StringNormalizer")
                        .inputs(INPUT0)
                        .outputs(OUTPUT0)
                        .attribute("case_change_action", "UPPER")
                        // The only locale that every system has.
                        .attribute("locale", "C")
                        .attribute("is_case_sensitive", 1))
                .output(OUTPUT0, STRING, dim("N"));
    }

    /** FP32 INPUT0 [-1] to the INT64 positions [1,-1] of what is not zero: the output's size depends on the values. */
    public static OnnxGraph nonZero() {
        return OnnxGraph.named("non_zero")
                .input(INPUT0, FLOAT, dim("N"))
                .node(OnnxNode.of("NonZero").inputs(INPUT0).outputs(OUTPUT0))
                .output(OUTPUT0, INT64, dim(1), dim("COUNT"));
    }

    /**
     * FP32 INPUT0 [N], numbers of several requests behind one another, and for each of these INT32 INPUT1 [B], where it ends, and
     * INPUT2 [B], how many it has: to the sum of each OUTPUT0 [B,1], and all numbers negated OUTPUT1 [N].
     */
    public static OnnxGraph raggedSums() {
        return OnnxGraph.named("ragged_sums")
                .input(INPUT0, FLOAT, dim("N"))
                .input(INPUT1, INT32, dim("B"))
                .input(INPUT2, INT32, dim("B"))
                .constant(ConstantTensor.floats("zero", 0))
                .constant(ConstantTensor.int64s("axis", 0))
                .constant(ConstantTensor.int64s("last", 1))
                .node(OnnxNode.of("CumSum").inputs(INPUT0, "axis").outputs("sums"))
                .node(OnnxNode.of("Concat")
                        .inputs("zero", "sums")
                        .outputs("before")
                        .attribute("axis", 0))
                .node(OnnxNode.of("Sub").inputs(INPUT1, INPUT2).outputs("begins"))
                .node(OnnxNode.of("Gather").inputs("before", INPUT1).outputs("to"))
                .node(OnnxNode.of("Gather").inputs("before", "begins").outputs("from"))
                .node(OnnxNode.of("Sub").inputs("to", "from").outputs("each"))
                .node(OnnxNode.of("Unsqueeze").inputs("each", "last").outputs(OUTPUT0))
                .node(OnnxNode.of("Neg").inputs(INPUT0).outputs(OUTPUT1))
                .output(OUTPUT0, FLOAT, dim("B"), dim(1))
                .output(OUTPUT1, FLOAT, dim("N"));
    }

    /** INT64 positions INPUT0 [N,1] to what a table holds there, FP32 10, 20, 30 or 40; others fail inside the runtime. */
    public static OnnxGraph lookup() {
        return OnnxGraph.named("lookup")
                .input(INPUT0, INT64, dim("N"), dim(1))
                .constant(ConstantTensor.floats("table", 10, 20, 30, 40))
                .node(OnnxNode.of("Gather").inputs("table", INPUT0).outputs(OUTPUT0))
                .output(OUTPUT0, FLOAT, dim("N"), dim(1));
    }

    /** FP32 INPUT0 [-1] at the INT64 positions INPUT1 [-1]; a position out of range fails inside the runtime. */
    public static OnnxGraph gather() {
        return OnnxGraph.named("gather")
                .input(INPUT0, FLOAT, dim("N"))
                .input(INPUT1, INT64, dim("M"))
                .node(OnnxNode.of("Gather").inputs(INPUT0, INPUT1).outputs(OUTPUT0))
                .output(OUTPUT0, FLOAT, dim("M"));
    }

    /** FP32 INPUT0 [N,64] times a weight matrix [64,4] that lies in {@link #EXTERNAL_FILE}. */
    public static OnnxGraph externalWeights() {
        return matrixProduct("external_weights", 64, 4).externalData(EXTERNAL_FILE);
    }

    /**
     * FP32 INPUT0 [N,256] times weights of about this size.
     *
     * @param bytes size of the weights, at least 1024 and rounded down to a multiple of it
     */
    public static OnnxGraph weights(long bytes) {
        long rowBytes = 256L * Float.BYTES;
        if (bytes < rowBytes) {
            throw new IllegalArgumentException("weights have at least " + rowBytes + " bytes, asked for " + bytes);
        }
        return matrixProduct("weights", 256, bytes / rowBytes);
    }

    /**
     * A model whose cost grows with its input: INT64 INPUT0 [1] is the number of rounds, each one product of two 128 by
     * 128 matrices. FP32 OUTPUT0 [] is a finite number. A runtime can be stopped between rounds.
     */
    public static OnnxGraph slow() {
        return OnnxGraph.named("slow")
                .input(INPUT0, INT64, dim(1))
                .constant(ConstantTensor.scalar("always", true))
                .constant(ConstantTensor.weights("start", 128, 128))
                .node(OnnxNode.of("Loop")
                        .inputs(INPUT0, "always", "start")
                        .outputs("end")
                        .attribute("body", slowRound()))
                .node(OnnxNode.of("ReduceMean").inputs("end").outputs(OUTPUT0).attribute("keepdims", 0))
                .output(OUTPUT0, FLOAT);
    }

    /**
     * INT32 INPUT0 [N,1] plus the INT32 controls START, END and READY [N,1] to OUTPUT0, and the correlation id CORRID [N,1]
     * unchanged to OUTPUT1: what a server tells a model of a sequence can be read off its answers.
     */
    public static OnnxGraph sequenceControls(ElementType idType) {
        Dim[] dims = {dim("N"), dim(1)};
        return OnnxGraph.named("sequence_controls")
                .input(INPUT0, INT32, dims)
                .input("START", INT32, dims)
                .input("END", INT32, dims)
                .input("READY", INT32, dims)
                .input("CORRID", idType, dims)
                .node(OnnxNode.of("Add").inputs(INPUT0, "START").outputs("started"))
                .node(OnnxNode.of("Add").inputs("started", "END").outputs("ended"))
                .node(OnnxNode.of("Add").inputs("ended", "READY").outputs(OUTPUT0))
                .node(OnnxNode.of("Identity").inputs("CORRID").outputs(OUTPUT1))
                .output(OUTPUT0, INT32, dims)
                .output(OUTPUT1, idType, dims);
    }

    /** INT32 INPUT0 [N,1] added to the state SUM_IN [N,1], which gives the state SUM_OUT and the same OUTPUT0 [N,1]. */
    public static OnnxGraph sequenceSum() {
        Dim[] dims = {dim("N"), dim(1)};
        return OnnxGraph.named("sequence_sum")
                .input(INPUT0, INT32, dims)
                .input("SUM_IN", INT32, dims)
                .node(OnnxNode.of("Add").inputs(INPUT0, "SUM_IN").outputs("SUM_OUT"))
                .node(OnnxNode.of("Identity").inputs("SUM_OUT").outputs(OUTPUT0))
                .output("SUM_OUT", INT32, dims)
                .output(OUTPUT0, INT32, dims);
    }

    /** A state that grows: FP32 INPUT0 [1] behind the state PAST [M] gives the state ALL [M+1] and the same OUTPUT0. */
    public static OnnxGraph sequenceHistory() {
        return OnnxGraph.named("sequence_history")
                .input(INPUT0, FLOAT, dim(1))
                .input("PAST", FLOAT, dim("M"))
                .node(OnnxNode.of("Concat")
                        .inputs("PAST", INPUT0)
                        .outputs("ALL")
                        .attribute("axis", 0))
                .node(OnnxNode.of("Identity").inputs("ALL").outputs(OUTPUT0))
                .output("ALL", FLOAT, dim("L"))
                .output(OUTPUT0, FLOAT, dim("L"));
    }

    /** A model that loads nowhere: its operator does not exist. */
    public static OnnxGraph unknownOperator() {
        return OnnxGraph.named("unknown_operator")
                .input(INPUT0, FLOAT, dim("N"))
                .node(OnnxNode.of("NoSuchOperator").inputs(INPUT0).outputs(OUTPUT0))
                .output(OUTPUT0, FLOAT, dim("N"));
    }

    /** A model in a version of the file format that does not exist yet. */
    public static OnnxGraph futureFormat() {
        return identity(FLOAT, dim("N")).irVersion(99);
    }

    /** A model that a V2 server cannot serve: its OUTPUT0 is a sequence of tensors. */
    public static OnnxGraph sequenceOutput() {
        return OnnxGraph.named("sequence_output")
                .input(INPUT0, FLOAT, dim("N"))
                .node(OnnxNode.of("SequenceConstruct").inputs(INPUT0, INPUT0).outputs(OUTPUT0))
                .sequenceOutput(OUTPUT0, FLOAT);
    }

    private static OnnxGraph sumAndDifference(String name, Dim... dims) {
        return OnnxGraph.named(name)
                .input(INPUT0, INT32, dims)
                .input(INPUT1, INT32, dims)
                .node(OnnxNode.of("Add").inputs(INPUT0, INPUT1).outputs(OUTPUT0))
                .node(OnnxNode.of("Sub").inputs(INPUT0, INPUT1).outputs(OUTPUT1))
                .output(OUTPUT0, INT32, dims)
                .output(OUTPUT1, INT32, dims);
    }

    private static OnnxGraph matrixProduct(String name, long rows, long columns) {
        return OnnxGraph.named(name)
                .input(INPUT0, FLOAT, dim("N"), dim(rows))
                .constant(ConstantTensor.weights("weights", rows, columns))
                .node(OnnxNode.of("MatMul").inputs(INPUT0, "weights").outputs(OUTPUT0))
                .output(OUTPUT0, FLOAT, dim("N"), dim(columns));
    }

    private static OnnxGraph slowRound() {
        return OnnxGraph.named("round")
                .input("round", INT64)
                .input("before", ElementType.BOOL)
                .input("state", FLOAT, dim(128), dim(128))
                .node(OnnxNode.of("Identity").inputs("before").outputs("after"))
                .node(OnnxNode.of("MatMul").inputs("state", "start").outputs("product"))
                .node(OnnxNode.of("Tanh").inputs("product").outputs("next"))
                .output("after", ElementType.BOOL)
                .output("next", FLOAT, dim(128), dim(128));
    }
}
