package io.longshore.lifecycle;

import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelWarmup;
import io.longshore.model.ModelWarmup.Source;
import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Reshape;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the tensors of warm-up samples. A sample describes one row; where it has several, they are all alike.
 *
 * <p>Source: {@code GenerateWarmupData} of Triton's core.
 */
final class WarmupSamples {
    private static final int ZEROS = 8192;

    private final ModelConfig config;
    private final WarmupFiles files;
    private final MemoryAllocator allocator;

    /**
     * @param config has checked that the samples fit the model
     * @param allocator of the tensors
     */
    WarmupSamples(ModelConfig config, ModelFiles files, MemoryAllocator allocator) {
        this.config = config;
        this.files = new WarmupFiles(files);
        this.allocator = allocator;
    }

    /**
     * The sample with its tensors.
     *
     * @throws BackendException if a file is missing, leads out of its folder or does not hold what its input needs, or if
     *     there is no memory for them; the message names the sample
     */
    WarmupSample make(ModelWarmup warmup) throws BackendException {
        List<Tensor> inputs = new ArrayList<>();
        try {
            for (ModelInput declared : config.backendInputs()) {
                Optional<ModelWarmup.Input> given = warmup.inputs().stream()
                        .filter(input -> input.name().equals(declared.name()))
                        .findFirst();
                if (given.isPresent() || !config.inputs().contains(declared)) {
                    inputs.add(tensor(declared, given.orElseGet(() -> zeros(declared)), warmup.batchSize()));
                }
            }
            return new WarmupSample(warmup, inputs);
        } catch (BackendException | RuntimeException e) {
            inputs.forEach(Tensor::release);
            throw new BackendException("warmup sample '" + warmup.name() + "': " + e.getMessage(), e);
        }
    }

    /** A control or a state that the sample leaves out. */
    private static ModelWarmup.Input zeros(ModelInput given) {
        List<Long> dims = given.dims().stream().map(dim -> Math.max(1, dim)).toList();
        return new ModelWarmup.Input(given.name(), given.type(), dims, new Source.Zeros());
    }

    private Tensor tensor(ModelInput declared, ModelWarmup.Input input, long rows) throws BackendException {
        Shape row = shape(declared, input);
        HostMemory memory = input.source() instanceof Source.DataFile file
                ? repeated(fileRow(input, file.name(), row), rows)
                : synthetic(input, Math.multiplyExact(byteSize(input, row), rows));
        return new Tensor(input.name(), input.type(), config.isBatched() ? row.prepend(rows) : row, memory);
    }

    private HostMemory repeated(ByteBuffer row, long rows) {
        HostMemory memory = allocator.allocate(Math.multiplyExact((long) row.remaining(), rows));
        ByteBuffer target = memory.buffer();
        for (long i = 0; i < rows; i++) {
            target.put(row.duplicate());
        }
        return memory;
    }

    private HostMemory synthetic(ModelWarmup.Input input, long byteSize) {
        HostMemory memory = allocator.allocate(byteSize);
        if (input.source() instanceof Source.Noise && input.type() != DataType.BYTES) {
            WarmupNoise.fill(memory.buffer(), input.type());
        } else {
            fillZeros(memory.buffer());
        }
        return memory;
    }

    private static void fillZeros(ByteBuffer target) {
        byte[] zeros = new byte[Math.min(target.remaining(), ZEROS)];
        while (target.hasRemaining()) {
            target.put(zeros, 0, Math.min(target.remaining(), zeros.length));
        }
    }

    /** The shape of a row as the backend wants it, which a sample may state as well as the one that requests have. */
    private static Shape shape(ModelInput declared, ModelWarmup.Input input) {
        Shape stated = Shape.of(input.dims().stream().mapToLong(Long::longValue).toArray());
        List<Long> reshape = declared.reshape();
        boolean asRequested = declared.requestSpec(false).accepts(stated);
        return reshape == null || !asRequested ? stated : Reshape.shape(stated, reshape, declared.dims(), false);
    }

    private ByteBuffer fileRow(ModelWarmup.Input input, String file, Shape shape) throws BackendException {
        return input.type() == DataType.BYTES
                ? files.elements(input.name(), file, shape)
                : files.bytes(input.name(), file, byteSize(input, shape));
    }

    /** The bytes of a row; for BYTES, those of empty elements. */
    private static long byteSize(ModelWarmup.Input input, Shape shape) {
        return input.type() == DataType.BYTES
                ? Math.multiplyExact(shape.elementCount(), (long) BytesElements.LENGTH_BYTES)
                : Tensor.byteSizeOf(input.name(), input.type(), shape);
    }
}
