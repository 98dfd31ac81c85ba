package io.longshore.tensor;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A V2 datatype. The constant's name is its name on the wire.
 *
 * <p>Source: Open Inference Protocol, "Tensor Data Types"; BF16 comes from Triton's extension.
 */
public enum DataType {
    BOOL(1),
    UINT8(1),
    UINT16(2),
    UINT32(4),
    UINT64(8),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    FP16(2),
    FP32(4),
    FP64(8),
    BF16(2),
    /** Byte strings of any length; in memory each is preceded by its length as an unsigned 32-bit integer. */
    BYTES(0);

    private static final Map<String, DataType> BY_WIRE_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(DataType::wireName, Function.identity()));

    private final int byteWidth;

    DataType(int byteWidth) {
        this.byteWidth = byteWidth;
    }

    /** The datatype that the protocol calls {@code name}, exactly as written, or empty. */
    public static Optional<DataType> ofWireName(String name) {
        return Optional.ofNullable(BY_WIRE_NAME.get(name));
    }

    /** The name on the wire, for example {@code "FP32"}. */
    public String wireName() {
        return name();
    }

    /** Whether elements differ in size; true for {@link #BYTES} alone. */
    public boolean isVariableWidth() {
        return byteWidth == 0;
    }

    /**
     * Bytes of one element.
     *
     * @throws IllegalStateException for {@link #BYTES}, whose elements differ in size
     */
    public int byteWidth() {
        if (isVariableWidth()) {
            throw new IllegalStateException(this + " elements have no fixed width");
        }
        return byteWidth;
    }
}
