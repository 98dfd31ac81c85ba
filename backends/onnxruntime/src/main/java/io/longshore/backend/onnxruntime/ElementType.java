package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import io.longshore.tensor.DataType;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The ONNX element types that a V2 tensor can have, each with the type that the Java binding moves its bytes in.
 *
 * <p>The binding can make tensors of every type but UINT16, UINT32 and UINT64. Those are made as the signed type of the
 * same width and cast inside the runtime, which keeps every bit (a C++ conversion between integers of one width).
 *
 * <p>Source of the numbers: ONNX, {@code TensorProto.DataType}.
 */
enum ElementType {
    FLOAT(1, DataType.FP32, OnnxJavaType.FLOAT, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT),
    UINT8(2, DataType.UINT8, OnnxJavaType.UINT8, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8),
    INT8(3, DataType.INT8, OnnxJavaType.INT8, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8),
    UINT16(4, DataType.UINT16, OnnxJavaType.INT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16),
    INT16(5, DataType.INT16, OnnxJavaType.INT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16),
    INT32(6, DataType.INT32, OnnxJavaType.INT32, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32),
    INT64(7, DataType.INT64, OnnxJavaType.INT64, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64),
    STRING(8, DataType.BYTES, OnnxJavaType.STRING, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING),
    BOOL(9, DataType.BOOL, OnnxJavaType.BOOL, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL),
    FLOAT16(10, DataType.FP16, OnnxJavaType.FLOAT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16),
    DOUBLE(11, DataType.FP64, OnnxJavaType.DOUBLE, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE),
    UINT32(12, DataType.UINT32, OnnxJavaType.INT32, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32),
    UINT64(13, DataType.UINT64, OnnxJavaType.INT64, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64),
    BFLOAT16(16, DataType.BF16, OnnxJavaType.BFLOAT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16);

    private static final Map<DataType, ElementType> BY_DATA_TYPE = new EnumMap<>(
            Arrays.stream(values()).collect(Collectors.toMap(ElementType::dataType, Function.identity())));

    private final int number;
    private final DataType dataType;
    private final OnnxJavaType javaType;
    private final OnnxTensorType nativeType;

    ElementType(int number, DataType dataType, OnnxJavaType javaType, OnnxTensorType nativeType) {
        this.number = number;
        this.dataType = dataType;
        this.javaType = javaType;
        this.nativeType = nativeType;
    }

    /** The type of a V2 datatype; every one has one. */
    static ElementType of(DataType type) {
        return Objects.requireNonNull(BY_DATA_TYPE.get(type));
    }

    /** The type that a file numbers so, or empty where V2 has no such type. */
    static Optional<ElementType> ofNumber(int number) {
        return find(candidate -> candidate.number == number);
    }

    /** The type that the runtime reports so, or empty where V2 has no such type. */
    static Optional<ElementType> ofNative(OnnxTensorType type) {
        return find(candidate -> candidate.nativeType == type);
    }

    /** The number in ONNX files. */
    int number() {
        return number;
    }

    /** The V2 datatype with the same values. */
    DataType dataType() {
        return dataType;
    }

    /** The type that the Java binding makes tensors of from this type's bytes. */
    OnnxJavaType javaType() {
        return javaType;
    }

    /** The type whose tensors the binding can make; this one, or the signed type of the same width. */
    ElementType carrier() {
        return switch (this) {
            case UINT16 -> INT16;
            case UINT32 -> INT32;
            case UINT64 -> INT64;
            default -> this;
        };
    }

    /** Whether the binding can put a tensor of this type over memory of ours. */
    boolean isPinnable() {
        return this != STRING && carrier() == this;
    }

    private static Optional<ElementType> find(Predicate<ElementType> condition) {
        return Arrays.stream(values()).filter(condition).findFirst();
    }
}
