package io.longshore.schedule;

import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.RaggedBatching;
import io.longshore.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What requests must have in common to be put together: the same inputs, each of the same shape behind the first dimension,
 * but for a dimension that is padded and for ragged inputs; and that all or none are of the background. Immutable.
 */
final class BatchKey {
    /** Of all requests to a model whose inputs are all required and have fixed shapes. */
    static final BatchKey ANY = new BatchKey(new long[0], false);

    /** The same for the background. */
    private static final BatchKey ANY_OF_BACKGROUND = new BatchKey(new long[0], true);

    /** In the place of the dimensions of an input that a request leaves out. */
    private static final long ABSENT = -1;

    /** In the place of the dimension that an input is padded along. */
    private static final long PADDED = -2;

    /** In the place of each dimension of an input whose shape does not matter. */
    private static final long RAGGED = -3;

    private final long[] dims;
    private final boolean background;
    private final int hash;

    private BatchKey(long[] dims, boolean background) {
        this.dims = dims;
        this.background = background;
        this.hash = 2 * Arrays.hashCode(dims) + (background ? 1 : 0);
    }

    /** This for requests of the background, which share no batch with others. */
    BatchKey ofBackground() {
        return equals(ANY) ? ANY_OF_BACKGROUND : new BatchKey(dims, true);
    }

    boolean isBackground() {
        return background;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof BatchKey that && background == that.background && Arrays.equals(dims, that.dims));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "BatchKey" + Arrays.toString(dims) + (background ? " of the background" : "");
    }

    /** Makes the keys of requests to one model. Immutable. */
    static final class Maker {
        private final List<ModelInput> inputs;
        private final boolean alwaysSame;
        private final @Nullable PaddedTensors padding;
        /** The inputs whose shapes do not matter. */
        private final Set<String> ragged;

        /** @param padding which inputs may differ in length; null = none */
        Maker(ModelConfig config, @Nullable PaddedTensors padding) {
            this.padding = padding;
            this.ragged = config.ragged().map(RaggedBatching::inputs).orElse(Set.of());
            this.inputs = config.inputs();
            this.alwaysSame = inputs.stream().noneMatch(this::varies);
        }

        private boolean varies(ModelInput input) {
            return !ragged.contains(input.name())
                    && (input.optional() || input.dims().contains(-1L));
        }

        /**
         * The key of a request.
         *
         * @param given its inputs as the backend gets them, in the order of the configuration; each with a batch dimension
         * @param padded whether their lengths may be padded
         */
        BatchKey of(List<Tensor> given, boolean padded) {
            if (alwaysSame) {
                return ANY;
            }
            long[] dims = new long[length(given)];
            int filled = 0;
            int next = 0;
            for (ModelInput input : inputs) {
                if (next < given.size() && given.get(next).name().equals(input.name())) {
                    Tensor tensor = given.get(next++);
                    int axis = padded ? paddedAxis(input) : 0;
                    boolean isRagged = ragged.contains(input.name());
                    for (int i = 1; i < tensor.shape().rank(); i++) {
                        dims[filled++] = isRagged
                                ? RAGGED
                                : i == axis ? PADDED : tensor.shape().dim(i);
                    }
                } else {
                    dims[filled++] = ABSENT;
                }
            }
            return new BatchKey(dims, false);
        }

        /** The dimension that an input is padded along; 0, which counts rows, where it is none. */
        private int paddedAxis(ModelInput input) {
            PaddedInput padded = padding == null ? null : padding.input(input.name());
            return padded == null ? 0 : padded.axis();
        }

        private int length(List<Tensor> given) {
            int length = inputs.size() - given.size();
            for (Tensor tensor : given) {
                length += tensor.shape().rank() - 1;
            }
            return length;
        }
    }
}
