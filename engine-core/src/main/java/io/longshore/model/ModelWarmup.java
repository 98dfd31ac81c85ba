package io.longshore.model;

import io.longshore.tensor.DataType;
import java.util.List;

/**
 * A sample that a model is run on before it is ready ({@code model_warmup} of a model configuration). Immutable.
 *
 * @param name what the configuration calls it; may be empty
 * @param batchSize rows of each input, all alike; 0 = the sample is skipped, as in Triton
 * @param count how often each instance runs it; at least 1
 * @param inputs what it brings; controls and states of sequences that it leaves out are zeros
 */
public record ModelWarmup(String name, long batchSize, long count, List<Input> inputs) {
    public ModelWarmup {
        inputs = List.copyOf(inputs);
        if (batchSize < 0 || count < 1) {
            throw new IllegalArgumentException("a warm-up sample has at least 0 rows and runs at least once, got "
                    + batchSize + " rows and " + count + " runs");
        }
    }

    /** Whether instances run the sample. */
    public boolean isRun() {
        return batchSize > 0;
    }

    /**
     * One input of a sample.
     *
     * @param name the model's input, or a control or state of its sequences
     * @param type its datatype
     * @param dims its dimensions without the batch dimension, each at least 0
     * @param source what it holds
     */
    public record Input(String name, DataType type, List<Long> dims, Source source) {
        public Input {
            dims = List.copyOf(dims);
            if (dims.stream().anyMatch(dim -> dim < 0)) {
                throw new IllegalArgumentException("input '" + name + "' has dims " + dims);
            }
        }
    }

    /** What an input of a sample holds. */
    public sealed interface Source {
        /** Zeros, or empty strings. */
        record Zeros() implements Source {}

        /** Numbers without a pattern, or empty strings. */
        record Noise() implements Source {}

        /**
         * The bytes of a row, from a file.
         *
         * @param name a path inside the model's folder {@code warmup}
         */
        record DataFile(String name) implements Source {}
    }
}
