package io.longshore.backend.java;

import io.longshore.inference.InferenceContext;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The models of the backend contract, in Java. */
final class ContractModels {
    /** The file beside {@link Identity} with its datatype and its dimensions. */
    static final String DECLARATION = "declaration.txt";

    private ContractModels() {}

    /** Gives its input back. */
    public static final class Identity implements JavaModel {
        @Override
        public ModelDeclaration declare(ModelSetup setup) throws IOException {
            String[] words =
                    Files.readString(setup.versionFolder().resolve(DECLARATION)).split(" ");
            DataType type = DataType.valueOf(words[0]);
            long[] dims =
                    Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
            return ModelDeclaration.NONE.input("INPUT0", type, dims).output("OUTPUT0", type, dims);
        }

        @Override
        public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
            return CompletableFuture.completedFuture(
                    Outputs.of(inputs.tensor("INPUT0").renamed("OUTPUT0")));
        }
    }

    /** Sum and difference. */
    public static final class SumAndDifference implements JavaModel {
        @Override
        public ModelDeclaration declare(ModelSetup setup) {
            return ModelDeclaration.NONE
                    .input("INPUT0", DataType.INT32, 16)
                    .input("INPUT1", DataType.INT32, 16)
                    .output("OUTPUT0", DataType.INT32, 16)
                    .output("OUTPUT1", DataType.INT32, 16)
                    .nonBlocking()
                    .shared();
        }

        @Override
        public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
            int[] left = inputs.ints("INPUT0");
            int[] right = inputs.ints("INPUT1");
            int[] sum = new int[left.length];
            int[] difference = new int[left.length];
            for (int i = 0; i < left.length; i++) {
                sum[i] = left[i] + right[i];
                difference[i] = left[i] - right[i];
            }
            Shape shape = Shape.of(left.length);
            return CompletableFuture.completedFuture(Outputs.of(
                    Tensors.ofInts(context.allocator(), "OUTPUT0", shape, sum),
                    Tensors.ofInts(context.allocator(), "OUTPUT1", shape, difference)));
        }
    }

    /** Values at positions; fails with the JVM's own exception at one out of range. */
    public static final class Gather implements JavaModel {
        @Override
        public ModelDeclaration declare(ModelSetup setup) {
            return ModelDeclaration.NONE
                    .input("INPUT0", DataType.FP32, -1)
                    .input("INPUT1", DataType.INT64, -1)
                    .output("OUTPUT0", DataType.FP32, -1);
        }

        @Override
        public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
            float[] values = inputs.floats("INPUT0");
            long[] positions = inputs.longs("INPUT1");
            float[] gathered = new float[positions.length];
            for (int i = 0; i < positions.length; i++) {
                gathered[i] = values[(int) positions[i]];
            }
            Tensor output = Tensors.ofFloats(context.allocator(), "OUTPUT0", Shape.of(gathered.length), gathered);
            return CompletableFuture.completedFuture(Outputs.of(output));
        }
    }

    /** Rounds of work until the request is cancelled. */
    public static final class Slow implements JavaModel {
        private static final int WORK = 10_000;

        @Override
        public ModelDeclaration declare(ModelSetup setup) {
            return ModelDeclaration.NONE.input("INPUT0", DataType.INT64, 1).output("OUTPUT0", DataType.FP32);
        }

        @Override
        public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
            float state = 0.5f;
            long rounds = inputs.longs("INPUT0")[0];
            for (long round = 0; round < rounds && !context.isCancelled(); round++) {
                for (int i = 0; i < WORK; i++) {
                    state = (float) Math.tanh(state + i);
                }
            }
            return CompletableFuture.completedFuture(
                    Outputs.of(Tensors.ofFloats(context.allocator(), "OUTPUT0", Shape.of(), state)));
        }
    }
}
