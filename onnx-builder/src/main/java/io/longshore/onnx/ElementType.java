package io.longshore.onnx;

/**
 * The ONNX element types that a V2 tensor can carry.
 *
 * <p>Source of the numbers: ONNX, {@code TensorProto.DataType}.
 */
public enum ElementType {
    BOOL(9, 1, "BOOL"),
    UINT8(2, 1, "UINT8"),
    UINT16(4, 2, "UINT16"),
    UINT32(12, 4, "UINT32"),
    UINT64(13, 8, "UINT64"),
    INT8(3, 1, "INT8"),
    INT16(5, 2, "INT16"),
    INT32(6, 4, "INT32"),
    INT64(7, 8, "INT64"),
    FLOAT16(10, 2, "FP16"),
    FLOAT(1, 4, "FP32"),
    DOUBLE(11, 8, "FP64"),
    BFLOAT16(16, 2, "BF16"),
    STRING(8, 0, "BYTES");

    private final int number;
    private final int byteWidth;
    private final String v2Name;

    ElementType(int number, int byteWidth, String v2Name) {
        this.number = number;
        this.byteWidth = byteWidth;
        this.v2Name = v2Name;
    }

    /** The number in ONNX files. */
    public int number() {
        return number;
    }

    /** Bytes of one element; 0 for {@link #STRING}, whose elements differ in size. */
    public int byteWidth() {
        return byteWidth;
    }

    /** The V2 datatype of the same values, for example {@code "FP32"}. */
    public String v2Name() {
        return v2Name;
    }

    /** The name in {@code config.pbtxt}, for example {@code "TYPE_FP32"}. */
    public String configName() {
        return this == STRING ? "TYPE_STRING" : "TYPE_" + v2Name;
    }
}
