package io.longshore.backend.java;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.List;
import java.util.Optional;

/**
 * What a request brings. The tensors belong to the server and are valid until the request's end; a model that passes one
 * on, as an output or to another model, passes a reference of its own ({@link Tensor#retain}, {@link Tensor#renamed}).
 */
public final class Inputs {
    private final ExecutionItem item;

    Inputs(ExecutionItem item) {
        this.item = item;
    }

    /** All tensors, in the order of the request. */
    public List<Tensor> all() {
        return item.inputs();
    }

    /** The tensor of this name, or empty where the request left an optional input out. */
    public Optional<Tensor> find(String name) {
        return item.inputs().stream().filter(input -> input.name().equals(name)).findFirst();
    }

    /**
     * The tensor of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor tensor(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException("the request has no input '" + name + "', it has "
                        + item.inputs().stream().map(Tensor::name).toList()));
    }

    /** A copy of an FP32 input's values. */
    public float[] floats(String name) {
        return Tensors.floats(tensor(name));
    }

    /** A copy of an INT32 input's values. */
    public int[] ints(String name) {
        return Tensors.ints(tensor(name));
    }

    /** A copy of an INT64 input's values. */
    public long[] longs(String name) {
        return Tensors.longs(tensor(name));
    }

    /** A copy of a BYTES input's elements. */
    public List<byte[]> bytes(String name) {
        return Tensors.bytes(tensor(name));
    }

    /**
     * The texts of a BYTES input.
     *
     * @throws InferenceException INVALID_ARGUMENT, which blames the caller, if an element is not valid UTF-8
     */
    public List<String> strings(String name) {
        Tensor tensor = tensor(name);
        try {
            return Tensors.strings(tensor);
        } catch (IllegalArgumentException e) {
            if (tensor.type() != DataType.BYTES) {
                throw e;
            }
            throw new InferenceException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    /** The request's custom parameters. */
    public Parameters parameters() {
        return item.parameters();
    }

    /** The request's id, or empty. */
    public String requestId() {
        return item.requestId();
    }

    /** Whether the request wants this output; what is not wanted need not be computed. */
    public boolean wants(String output) {
        return item.outputs().contains(output);
    }
}
