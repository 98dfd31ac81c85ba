package io.longshore.lifecycle;

import io.longshore.model.ModelConfig;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.InitialState;
import io.longshore.model.SequenceBatching.State;
import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The states that every sequence of a version begins with: zeros, or what a file in the model's folder {@code initial_state}
 * holds. They lie in direct memory, which the collector frees with the version.
 *
 * @param tensors one for each state, in order, under the names of the inputs
 */
record InitialStates(List<Tensor> tensors) {
    /** Source: {@code kInitialStateFolder} of Triton's core. */
    private static final String FOLDER = "initial_state";

    InitialStates {
        tensors = List.copyOf(tensors);
    }

    /**
     * Makes them.
     *
     * @throws BackendException if a file is missing, leads out of its folder, or does not hold what its state needs
     */
    static InitialStates of(ModelConfig config, ModelFiles files) throws BackendException {
        List<Tensor> tensors = new ArrayList<>();
        for (State state :
                config.sequenceBatching().map(SequenceBatching::states).orElse(List.of())) {
            tensors.add(tensor(state, config.isBatched(), files));
        }
        return new InitialStates(tensors);
    }

    /** The bytes of all of them. */
    long byteSize() {
        return tensors.stream().mapToLong(Tensor::byteSize).sum();
    }

    private static Tensor tensor(State state, boolean batched, ModelFiles files) throws BackendException {
        InitialState initial = state.initial();
        Shape shape = shape(state, initial == null ? state.dims() : initial.dims(), batched);
        int byteSize = byteSize(state, shape);
        HostMemory memory = initial == null || initial.dataFile() == null
                ? HostMemory.wrap(ByteBuffer.allocateDirect(byteSize))
                : HostMemory.wrap(read(state, initial.dataFile(), byteSize, files));
        if (state.type() == DataType.BYTES) {
            checkElements(state, shape, memory);
        }
        return new Tensor(state.inputName(), state.type(), shape, memory);
    }

    /** The dimensions of a state, of which those of any size begin with 1. */
    private static Shape shape(State state, List<Long> dims, boolean batched) throws BackendException {
        long[] sizes = dims.stream().mapToLong(dim -> dim < 0 ? 1 : dim).toArray();
        try {
            Shape shape = Shape.of(sizes);
            return batched ? shape.prepend(1) : shape;
        } catch (IllegalArgumentException e) {
            throw invalid(state, String.valueOf(e.getMessage()));
        }
    }

    /** The bytes of a state; for BYTES, those of empty elements. */
    private static int byteSize(State state, Shape shape) throws BackendException {
        int width = state.type() == DataType.BYTES
                ? BytesElements.LENGTH_BYTES
                : state.type().byteWidth();
        if (shape.elementCount() > Integer.MAX_VALUE / width) {
            throw invalid(
                    state,
                    "shape " + shape + " of " + state.type().wireName() + " needs 2 GiB or more; that is too large");
        }
        return (int) shape.elementCount() * width;
    }

    private static ByteBuffer read(State state, String name, int byteSize, ModelFiles files) throws BackendException {
        DataFolder folder = new DataFolder(files, FOLDER);
        Path file = folder.path(name);
        try (SeekableByteChannel channel = folder.open(name)) {
            if (channel.size() < byteSize) {
                throw invalid(
                        state,
                        "initial_state setting expects " + byteSize + " bytes, but the data provided from " + name
                                + " only has " + channel.size() + " bytes");
            }
            // What stands behind the elements of a fixed width is left alone, as in Triton.
            long wanted = state.type() == DataType.BYTES ? channel.size() : byteSize;
            return DataFolder.fill(ByteBuffer.allocateDirect((int) Math.min(wanted, Integer.MAX_VALUE)), channel);
        } catch (IOException e) {
            throw new BackendException(about(state) + "initial_state file " + file + " cannot be read: " + e, e);
        }
    }

    private static void checkElements(State state, Shape shape, HostMemory memory) throws BackendException {
        long count;
        try {
            count = BytesElements.count(memory.buffer());
        } catch (IllegalArgumentException e) {
            throw invalid(state, "initial_state file: " + e.getMessage());
        }
        if (count != shape.elementCount()) {
            throw invalid(
                    state,
                    "initial_state of shape " + shape + " has " + shape.elementCount() + " elements, the file holds "
                            + count);
        }
    }

    private static BackendException invalid(State state, String problem) {
        return new BackendException(about(state) + problem);
    }

    private static String about(State state) {
        return "state input '" + state.inputName() + "': ";
    }
}
