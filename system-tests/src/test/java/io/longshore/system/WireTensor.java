package io.longshore.system;

import java.util.Arrays;
import java.util.List;

/**
 * A tensor as bytes.
 *
 * @param datatype V2's name
 * @param data little-endian, row-major; each element of BYTES behind its length in 32 bits
 */
// Compared by their bytes; see equals.
@SuppressWarnings("ArrayRecordComponent")
record WireTensor(String name, String datatype, List<Long> shape, byte[] data) {
    @Override
    public boolean equals(Object other) {
        return other instanceof WireTensor tensor
                && name.equals(tensor.name)
                && datatype.equals(tensor.datatype)
                && shape.equals(tensor.shape)
                && Arrays.equals(data, tensor.data);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return name + " " + datatype + shape + " " + TensorValues.of(this);
    }

    /** The same values under another name. */
    WireTensor named(String other) {
        return new WireTensor(other, datatype, shape, data);
    }
}
