package io.longshore.system;

import com.google.protobuf.ByteString;
import io.longshore.protocol.grpc.proto.InferTensorContents;

/** Tensors as typed contents. */
final class TypedValues {
    private TypedValues() {}

    /** Puts a tensor's values into the field of its datatype. */
    static void fill(InferTensorContents.Builder contents, WireTensor tensor) {
        for (Object value : TensorValues.of(tensor)) {
            switch (tensor.datatype()) {
                case "BOOL" -> contents.addBoolContents((Boolean) value);
                case "INT8", "INT16", "INT32" -> contents.addIntContents(((Number) value).intValue());
                case "INT64" -> contents.addInt64Contents(((Number) value).longValue());
                case "UINT8", "UINT16", "UINT32" -> contents.addUintContents(((Number) value).intValue());
                case "UINT64" -> contents.addUint64Contents(((Number) value).longValue());
                case "FP32" -> contents.addFp32Contents((Float) value);
                case "FP64" -> contents.addFp64Contents((Double) value);
                // They have no field of their own; a client that does not know it would take one.
                case "FP16", "BF16" -> contents.addFp32Contents(((Number) value).floatValue());
                case "BYTES" -> contents.addBytesContents(ByteString.copyFrom((byte[]) value));
                default -> throw new IllegalArgumentException(tensor.datatype() + " has no typed contents");
            }
        }
    }
}
