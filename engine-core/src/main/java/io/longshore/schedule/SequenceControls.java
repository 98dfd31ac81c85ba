package io.longshore.schedule;

import io.longshore.inference.CorrelationId;
import io.longshore.model.ModelConfig;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Control;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Makes the tensors that tell a model about its sequence: one element each, of shape [1], or [1,1] where the model batches.
 * Immutable. Their memory is on the heap, and the collector's.
 */
final class SequenceControls {
    private final Shape shape;
    private final List<Function<SequenceStep, Tensor>> makers;

    /** @param config that of a model with sequences */
    SequenceControls(ModelConfig config) {
        this.shape = config.isBatched() ? Shape.of(1, 1) : Shape.of(1);
        this.makers = config.sequenceBatching().map(SequenceBatching::controls).orElse(List.of()).stream()
                .map(this::maker)
                .toList();
    }

    /** The tensors for a request, in the order of the configuration. */
    List<Tensor> of(SequenceStep step) {
        return makers.stream().map(maker -> maker.apply(step)).toList();
    }

    private Function<SequenceStep, Tensor> maker(Control control) {
        return switch (control.kind()) {
            case START -> choice(control, SequenceStep::isStart);
            case END -> choice(control, SequenceStep::isEnd);
            case READY -> choice(control, step -> true);
            case CORRID -> step -> correlationId(control, step.id());
        };
    }

    /** Two tensors for all requests, of which each gets one. */
    private Function<SequenceStep, Tensor> choice(Control control, Predicate<SequenceStep> question) {
        Tensor whenFalse = tensor(control, control.whenFalse());
        Tensor whenTrue = tensor(control, control.whenTrue());
        return step -> question.test(step) ? whenTrue : whenFalse;
    }

    private Tensor tensor(Control control, double value) {
        HostMemory memory = MemoryAllocator.HEAP.allocate(control.type().byteWidth());
        switch (control.type()) {
            case FP32 -> memory.buffer().putFloat((float) value);
            case INT32 -> memory.buffer().putInt((int) value);
            case BOOL -> memory.buffer().put((byte) value);
            default -> throw new IllegalArgumentException("control '" + control.name() + "' is " + control.type());
        }
        return new Tensor(control.name(), control.type(), shape, memory);
    }

    /** The low bytes of the id where the model wants fewer than it has, as in Triton. */
    private Tensor correlationId(Control control, CorrelationId id) {
        HostMemory memory;
        if (control.type() == DataType.BYTES) {
            byte[] text = id.text().getBytes(StandardCharsets.UTF_8);
            memory = BytesElements.encode(List.of(text), MemoryAllocator.HEAP);
        } else {
            ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            number.putLong(0, id.number()).limit(control.type().byteWidth());
            memory = HostMemory.wrap(number);
        }
        return new Tensor(control.name(), control.type(), shape, memory);
    }
}
