package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.RequestedOutput;
import io.longshore.model.Labels;
import io.longshore.model.ModelConfig;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Turns outputs into their largest elements where a request asks for that (V2 classification extension): a BYTES tensor of
 * {@code value:position} or {@code value:position:label}, of shape [classes], with the batch dimension in front where the
 * model is batched. Belongs to one version, whose labels it has. Immutable.
 *
 * <p>Texts and bounds are those of Triton's {@code classification.cc}.
 */
public final class Classification {
    /** Elements of a row, and of the result, at most. */
    private static final int MAX_ELEMENTS = 1_000_000;

    private final boolean batched;
    private final Map<String, Labels> labels;
    private final MemoryAllocator allocator;

    /**
     * @param config the version's
     * @param labels the labels of the outputs that have any, by name
     * @param allocator memory for the texts
     */
    public Classification(ModelConfig config, Map<String, Labels> labels, MemoryAllocator allocator) {
        this.batched = config.isBatched();
        this.labels = Map.copyOf(labels);
        this.allocator = allocator;
    }

    /**
     * The outputs as the request wants them; the references move over.
     *
     * @throws InferenceException INVALID_ARGUMENT if an output has no classes, or too many; UNAVAILABLE if there is no memory
     *     for their texts now; all references are ended then
     */
    public List<Tensor> apply(InferenceRequest request, List<Tensor> outputs) {
        return isWanted(request) ? classified(request, outputs) : outputs;
    }

    private static boolean isWanted(InferenceRequest request) {
        List<RequestedOutput> wanted = request.outputs();
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).classes() != 0) {
                return true;
            }
        }
        return false;
    }

    private List<Tensor> classified(InferenceRequest request, List<Tensor> outputs) {
        List<Tensor> result = new ArrayList<>(outputs.size());
        try {
            for (Tensor output : outputs) {
                long classes = classes(request, output.name());
                result.add(classes == 0 ? output.retain() : classified(output, classes));
            }
        } catch (MemoryBudgetExceededException e) {
            result.forEach(Tensor::release);
            throw new InferenceException(ErrorCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            result.forEach(Tensor::release);
            throw e;
        } finally {
            outputs.forEach(Tensor::release);
        }
        return result;
    }

    private static long classes(InferenceRequest request, String output) {
        for (RequestedOutput wanted : request.outputs()) {
            if (wanted.name().equals(output)) {
                return wanted.classes();
            }
        }
        return 0;
    }

    private Tensor classified(Tensor output, long wanted) {
        checkType(output.type());
        Rows rows = Rows.of(output.shape(), batched, wanted);
        ByteBuffer data = output.buffer();
        int[] positions = new int[rows.count() * rows.classes()];
        for (int row = 0; row < rows.count(); row++) {
            int first = row * rows.length();
            int[] best = LargestElements.positions(data, output.type(), first, rows.length(), rows.classes());
            System.arraycopy(best, 0, positions, row * rows.classes(), rows.classes());
        }
        HostMemory texts = texts(output, rows, positions);
        return new Tensor(output.name(), DataType.BYTES, rows.shape(), texts);
    }

    /** The texts are made twice, to measure and to write, so that they never lie on the heap all at once. */
    private HostMemory texts(Tensor output, Rows rows, int[] positions) {
        Labels names = labels.getOrDefault(output.name(), Labels.NONE);
        ByteBuffer data = output.buffer();
        long byteSize = 0;
        for (int i = 0; i < positions.length; i++) {
            int label = names.byteSize(positions[i]);
            byteSize += BytesElements.LENGTH_BYTES
                    + text(data, output.type(), rows.first(i), positions[i]).length()
                    + (label == 0 ? 0L : label + 1L);
        }
        checkSize(byteSize, Integer.MAX_VALUE);
        HostMemory memory = byteSize == 0 ? HostMemory.empty() : allocator.allocate(byteSize);
        ByteBuffer out = memory.buffer();
        for (int i = 0; i < positions.length; i++) {
            write(text(data, output.type(), rows.first(i), positions[i]), names, positions[i], out);
        }
        return memory;
    }

    private static String text(ByteBuffer data, DataType type, int first, int position) {
        return Elements.text(data, type, first + position) + ":" + position;
    }

    private static void write(String text, Labels names, int position, ByteBuffer out) {
        int label = names.byteSize(position);
        out.putInt(text.length() + (label == 0 ? 0 : label + 1));
        out.put(text.getBytes(StandardCharsets.US_ASCII));
        if (label > 0) {
            out.put((byte) ':');
            names.write(position, out);
        }
    }

    private static void checkType(DataType type) {
        switch (type) {
            case BOOL, FP16, BF16, BYTES ->
                throw new InferenceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "class result not available for output due to unsupported type '" + type.wireName() + "'");
            case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP32, FP64 -> {}
        }
    }

    private static void checkSize(long size, long limit) {
        if (size > limit) {
            throw new InferenceException(ErrorCode.INVALID_ARGUMENT, "classification output tensor too large");
        }
    }

    /**
     * What a tensor is split into.
     *
     * @param batched whether the rows are a dimension of the result
     * @param count rows
     * @param length elements of a row
     * @param classes elements wanted of a row
     */
    private record Rows(boolean batched, int count, int length, int classes) {
        static Rows of(Shape shape, boolean modelIsBatched, long wanted) {
            boolean batched = modelIsBatched && shape.rank() > 0;
            long count = batched ? shape.dim(0) : 1;
            long length = count == 0 ? 0 : shape.elementCount() / count;
            checkSize(length, MAX_ELEMENTS);
            // Unsigned, as the wires have it.
            long classes = wanted < 0 ? length : Math.min(wanted, length);
            checkSize(count, MAX_ELEMENTS);
            checkSize(count * classes, MAX_ELEMENTS);
            return new Rows(batched, (int) count, (int) length, (int) classes);
        }

        Shape shape() {
            return batched ? Shape.of(count, classes) : Shape.of(classes);
        }

        /** Where the row starts that element {@code i} of the result is of. */
        int first(int i) {
            return i / classes * length;
        }
    }
}
