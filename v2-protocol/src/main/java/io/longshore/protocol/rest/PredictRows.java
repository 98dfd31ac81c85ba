package io.longshore.protocol.rest;

import io.longshore.model.ModelConfig;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows of a V1 request that name their inputs, on their way to becoming one tensor for each. Not thread-safe. */
final class PredictRows implements AutoCloseable {
    /** Each row takes some hundreds of bytes of heap while it waits for the others. */
    private static final int MAX_ROWS = 1 << 16;

    private final ModelConfig config;
    private final Map<String, List<Tensor>> byInput = new LinkedHashMap<>();
    private int count;

    PredictRows(ModelConfig config) {
        this.config = config;
    }

    /** Rows so far. */
    int count() {
        return count;
    }

    /**
     * Begins the next row.
     *
     * @throws io.longshore.inference.InferenceException if the one before lacks an input, or the model takes no more rows
     */
    void begin() {
        checkComplete();
        if (config.isBatched() && count == config.maxBatchSize()) {
            throw V2Errors.invalid("inference request batch-size must be <= " + config.maxBatchSize() + " for '"
                    + config.name() + "'");
        }
        if (count == MAX_ROWS) {
            throw V2Errors.invalid("a request has at most " + MAX_ROWS
                    + " instances that are objects; give 'inputs' as one array for each input instead");
        }
        count++;
    }

    /** Adds a tensor to the row; taken over. */
    void add(Tensor value) {
        List<Tensor> rows = byInput.computeIfAbsent(value.name(), name -> new ArrayList<>());
        boolean repeated = rows.size() == count;
        boolean late = rows.size() < count - 1;
        boolean uneven = !rows.isEmpty() && !rows.get(0).shape().equals(value.shape());
        rows.add(value);
        if (repeated) {
            throw V2Errors.repeatedInput(value.name());
        }
        if (late) {
            throw V2Errors.invalid(
                    "instance 0 has no input '" + value.name() + "', and instance " + (count - 1) + " has");
        }
        if (uneven) {
            throw V2Errors.invalid("input '" + value.name() + "' is of shape "
                    + rows.get(0).shape() + " in instance 0 and " + value.shape() + " in instance " + (count - 1));
        }
    }

    private void checkComplete() {
        byInput.forEach((name, rows) -> {
            if (rows.size() != count) {
                throw V2Errors.invalid(
                        "instance " + (count - 1) + " has no input '" + name + "', as those before it have");
            }
        });
    }

    /** One tensor for each input, with a dimension for the rows in front; the caller's to release. */
    List<Tensor> stacked(MemoryAllocator allocator) {
        checkComplete();
        List<Tensor> tensors = new ArrayList<>();
        try {
            for (List<Tensor> rows : byInput.values()) {
                tensors.add(stacked(rows, allocator));
            }
            return tensors;
        } catch (RuntimeException e) {
            tensors.forEach(Tensor::release);
            throw e;
        }
    }

    private static Tensor stacked(List<Tensor> rows, MemoryAllocator allocator) {
        Tensor first = rows.get(0);
        long size = rows.stream().mapToLong(Tensor::byteSize).sum();
        HostMemory memory = allocator.allocate(size);
        ByteBuffer out = memory.buffer();
        rows.forEach(row -> out.put(row.buffer()));
        Shape shape = first.shape().prepend(rows.size());
        return new Tensor(first.name(), first.type(), shape, memory);
    }

    /** Releases the rows. */
    @Override
    public void close() {
        byInput.values().forEach(rows -> rows.forEach(Tensor::release));
    }
}
