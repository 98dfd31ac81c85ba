package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelOutput;
import io.longshore.model.RaggedBatching;
import io.longshore.model.RaggedBatching.BatchInput;
import io.longshore.model.RaggedBatching.BatchOutput;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a model that stand behind one another without regard to their shapes, and those that tell where each request's
 * are. Immutable.
 *
 * <p>Source of what they hold: {@code backend_input_collector.cc} and {@code backend_output_responder.cc} of Triton's backend
 * library.
 */
final class RaggedTensors {
    private final Set<String> inputs;
    private final List<BatchInput> made;
    /** By output: the input that gives its shapes, and its own dimensions behind the batch dimension. */
    private final Map<String, Scattered> scattered = new HashMap<>();

    /** An output's declared dimensions, and where the variable ones are taken from. */
    private record Scattered(String source, List<Long> dims) {}

    private RaggedTensors(ModelConfig config, RaggedBatching ragged) {
        this.inputs = ragged.inputs();
        this.made = ragged.batchInputs();
        for (BatchOutput output : ragged.batchOutputs()) {
            for (ModelOutput declared : config.outputs()) {
                if (output.targets().contains(declared.name())) {
                    scattered.put(declared.name(), new Scattered(output.source(), declared.backendDims()));
                }
            }
        }
    }

    /** Those of a configuration; null where there are none. */
    static @Nullable RaggedTensors of(ModelConfig config) {
        return config.ragged().map(ragged -> new RaggedTensors(config, ragged)).orElse(null);
    }

    /** Whether requests may differ in the shape of this input. */
    boolean isRagged(String input) {
        return inputs.contains(input);
    }

    /** Whether the shapes of requests take this output apart. */
    boolean isScattered(String output) {
        return scattered.containsKey(output);
    }

    /**
     * The inputs that tell of these requests.
     *
     * @param items the inputs of each
     * @param allocator of their memory
     * @param target to which they are added; the caller's also where memory is refused
     */
    void make(List<List<Tensor>> items, MemoryAllocator allocator, List<Tensor> target) {
        for (BatchInput each : made) {
            List<Shape> shapes =
                    items.stream().map(inputs -> shapeOf(each.source(), inputs)).toList();
            for (String name : each.targets()) {
                target.add(make(name, each, shapes, allocator));
            }
        }
    }

    private static Shape shapeOf(String name, List<Tensor> inputs) {
        return inputs.stream()
                .filter(input -> input.name().equals(name))
                .findFirst()
                .orElseThrow()
                .shape();
    }

    private static Tensor make(String name, BatchInput input, List<Shape> shapes, MemoryAllocator allocator) {
        long[] values = values(input.kind(), shapes);
        Shape shape = input.kind() == RaggedBatching.Kind.BATCH_ITEM_SHAPE
                ? Shape.of(rows(shapes), shapes.get(0).rank() - 1L)
                : Shape.of(values.length);
        HostMemory memory = allocator.allocate((long) values.length * Integer.BYTES);
        ByteBuffer target = memory.buffer();
        for (long value : values) {
            target.putInt(input.type() == DataType.FP32 ? Float.floatToRawIntBits((float) value) : (int) value);
        }
        return new Tensor(name, input.type(), shape, memory);
    }

    private static long rows(List<Shape> shapes) {
        return shapes.stream().mapToLong(shape -> shape.dim(0)).sum();
    }

    private static long[] values(RaggedBatching.Kind kind, List<Shape> shapes) {
        long[] counts = shapes.stream().mapToLong(Shape::elementCount).toArray();
        return switch (kind) {
            case BATCH_ELEMENT_COUNT -> counts;
            case BATCH_ACCUMULATED_ELEMENT_COUNT -> accumulated(counts);
            case BATCH_ACCUMULATED_ELEMENT_COUNT_WITH_ZERO ->
                LongStream.concat(LongStream.of(0), LongStream.of(accumulated(counts)))
                        .toArray();
            case BATCH_MAX_ELEMENT_COUNT_AS_SHAPE ->
                new long[Math.toIntExact(LongStream.of(counts).max().orElse(0))];
            case BATCH_ITEM_SHAPE, BATCH_ITEM_SHAPE_FLATTEN ->
                shapes.stream().flatMapToLong(RaggedTensors::itemShapes).toArray();
        };
    }

    private static long[] accumulated(long[] counts) {
        long[] sums = counts.clone();
        for (int i = 1; i < sums.length; i++) {
            sums[i] += sums[i - 1];
        }
        return sums;
    }

    /** The shape of each row, row by row. */
    private static LongStream itemShapes(Shape shape) {
        return LongStream.range(0, shape.dim(0))
                .flatMap(row -> LongStream.of(shape.toArray()).skip(1));
    }

    /**
     * The shape that each request's part of an output has.
     *
     * @param items the inputs of each request
     * @throws InferenceException MODEL_FAILED if the output does not have the elements of all
     */
    List<Shape> parts(Tensor output, List<List<Tensor>> items) {
        Scattered by = Objects.requireNonNull(scattered.get(output.name()));
        List<Shape> shapes = new ArrayList<>(items.size());
        long elements = 0;
        for (List<Tensor> inputs : items) {
            Shape shape = scatteredShape(by, output, shapeOf(by.source(), inputs));
            elements += shape.elementCount();
            shapes.add(shape);
        }
        if (elements != output.shape().elementCount()) {
            throw new InferenceException(
                    ErrorCode.MODEL_FAILED,
                    "failed to split the output tensor '" + output.name() + "' by the shapes of input '" + by.source()
                            + "': expected " + elements + " elements in model output, got shape " + output.shape());
        }
        return shapes;
    }

    private static Shape scatteredShape(Scattered by, Tensor output, Shape source) {
        long[] dims = new long[by.dims().size() + 1];
        dims[0] = source.dim(0);
        for (int i = 1; i < dims.length; i++) {
            long declared = by.dims().get(i - 1);
            if (declared < 0 && i >= source.rank()) {
                throw new InferenceException(
                        ErrorCode.MODEL_FAILED,
                        "failed to split the output tensor '" + output.name() + "': its dims " + by.dims()
                                + " have a variable dimension where input '" + by.source() + "' has none");
            }
            dims[i] = declared < 0 ? source.dim(i) : declared;
        }
        return Shape.of(dims);
    }
}
