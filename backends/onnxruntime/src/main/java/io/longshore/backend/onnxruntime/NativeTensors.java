package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.Result;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.util.List;

/**
 * Makes the runtime's tensors of ours and ours of the runtime's.
 *
 * <p>Copies of a tensor's bytes: none for an input in direct memory and for a pinned output; one for an input on the heap
 * and for an output that was not pinned; one more for inputs of UINT16, UINT32 and UINT64, inside the runtime. Byte
 * strings are taken apart and put together element by element.
 *
 * <p>Thread-safe.
 */
final class NativeTensors {
    /** What the binding takes in one buffer: eight elements of eight bytes less than an int can count. */
    private static final long MAX_BYTES = Integer.MAX_VALUE - 64;

    private final OrtEnvironment environment;
    private final MemoryAllocator allocator;
    private final HelperSessions helpers;
    private final StringTensors strings;

    /** @param allocator must give direct memory */
    NativeTensors(OrtEnvironment environment, MemoryAllocator allocator, HelperSessions helpers) {
        this.environment = environment;
        this.allocator = allocator;
        this.helpers = helpers;
        this.strings = new StringTensors(environment, helpers);
    }

    /** The runtime's view of an input, valid until the cleanup. */
    OnnxTensor ofInput(Tensor input, Cleanup cleanup) throws OrtException {
        ElementType type = ElementType.of(input.type());
        if (type == ElementType.STRING) {
            StringTensors.Held held =
                    strings.create(elements(input), input.shape().toArray());
            cleanup.add(held.release());
            return held.tensor();
        }
        OnnxTensor tensor = over(direct(input.host(), cleanup), input.shape(), type);
        cleanup.add(tensor::close);
        if (type.carrier() == type) {
            return tensor;
        }
        Result cast = helpers.cast(tensor, type.carrier(), type);
        cleanup.add(cast::close);
        return (OnnxTensor) cast.get(0);
    }

    /** A tensor over memory of ours, which the runtime reads and writes in place; the type's carrier where it has one. */
    OnnxTensor over(HostMemory memory, Shape shape, ElementType type) throws OrtException {
        if (!memory.isDirect()) {
            throw new IllegalArgumentException("the runtime needs direct memory, got " + memory);
        }
        return OnnxTensor.createTensor(environment, memory.buffer(), shape.toArray(), type.javaType());
    }

    /**
     * Memory for an output of this shape.
     *
     * @throws InferenceException UNSUPPORTED if it is larger than the binding can take
     */
    HostMemory allocate(String name, Shape shape, ElementType type) {
        int width = type.dataType().byteWidth();
        if (shape.elementCount() > MAX_BYTES / width) {
            throw new InferenceException(
                    ErrorCode.UNSUPPORTED,
                    "output '" + name + "' would have shape " + shape + " of "
                            + type.dataType().wireName() + "; one tensor has at most " + MAX_BYTES + " bytes");
        }
        return allocator.allocate(shape.elementCount() * width);
    }

    /** A tensor of ours with the values of an output that the runtime holds. */
    Tensor copyOf(String name, OnnxTensor output, ElementType type) throws OrtException {
        Shape shape = Shape.of(output.getInfo().getShape());
        HostMemory memory = type == ElementType.STRING
                ? BytesElements.encode(strings.read(name, output), allocator)
                : copyOf(name, output, shape, type);
        return new Tensor(name, type.dataType(), shape, memory);
    }

    private HostMemory copyOf(String name, OnnxTensor output, Shape shape, ElementType type) throws OrtException {
        HostMemory memory = allocate(name, shape, type);
        try (OnnxTensor target = over(memory, shape, type)) {
            if (shape.elementCount() > 0) {
                helpers.copy(output, type, target, type.carrier());
            }
            return memory;
        } catch (OrtException | RuntimeException e) {
            memory.release();
            throw e;
        }
    }

    private HostMemory direct(HostMemory memory, Cleanup cleanup) {
        if (memory.isDirect()) {
            return memory;
        }
        HostMemory copy = allocator.allocate(memory.byteSize());
        cleanup.add(copy::release);
        copy.buffer().put(memory.buffer());
        return copy;
    }

    private static List<byte[]> elements(Tensor input) {
        List<byte[]> elements = BytesElements.decode(input.buffer());
        if (elements.size() != input.shape().elementCount()) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "input '" + input.name() + "' of shape " + input.shape() + " needs "
                            + input.shape().elementCount() + " elements, got " + elements.size());
        }
        return elements;
    }
}
