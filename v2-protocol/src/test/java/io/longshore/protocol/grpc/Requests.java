package io.longshore.protocol.grpc;

import com.google.protobuf.ByteString;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.grpc.proto.InferTensorContents;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferInputTensor;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;

/** Messages as protobuf's own classes make them. */
final class Requests {
    private Requests() {}

    static ModelInferRequest.Builder request() {
        return ModelInferRequest.newBuilder().setModelName("m");
    }

    static InferInputTensor.Builder input(String name, String datatype, long... dims) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
        for (long dim : dims) {
            input.addShape(dim);
        }
        return input;
    }

    static InferRequestedOutputTensor.Builder output(String name) {
        return InferRequestedOutputTensor.newBuilder().setName(name);
    }

    static InferInputTensor.Builder describing(Tensor tensor) {
        return input(tensor.name(), tensor.type().wireName(), tensor.shape().toArray());
    }

    static ByteString raw(Tensor tensor) {
        return ByteString.copyFrom(tensor.buffer());
    }

    static ByteString raw(int... bytes) {
        ByteBuffer raw = ByteBuffer.allocate(bytes.length);
        for (int value : bytes) {
            raw.put((byte) value);
        }
        return ByteString.copyFrom(raw.flip());
    }

    static InferTensorContents.Builder contents() {
        return InferTensorContents.newBuilder();
    }

    /** The elements of a tensor in the field of its type; FP16 and BF16 have none. */
    static InferTensorContents typed(Tensor tensor) {
        InferTensorContents.Builder contents = contents();
        ByteBuffer in = tensor.buffer();
        if (tensor.type().isVariableWidth()) {
            BytesElements.decode(in).forEach(element -> contents.addBytesContents(ByteString.copyFrom(element)));
            return contents.build();
        }
        while (in.hasRemaining()) {
            switch (tensor.type()) {
                case BOOL -> contents.addBoolContents(in.get() != 0);
                case UINT8 -> contents.addUintContents(Byte.toUnsignedInt(in.get()));
                case UINT16 -> contents.addUintContents(Short.toUnsignedInt(in.getShort()));
                case UINT32 -> contents.addUintContents(in.getInt());
                case UINT64 -> contents.addUint64Contents(in.getLong());
                case INT8 -> contents.addIntContents(in.get());
                case INT16 -> contents.addIntContents(in.getShort());
                case INT32 -> contents.addIntContents(in.getInt());
                case INT64 -> contents.addInt64Contents(in.getLong());
                case FP32 -> contents.addFp32Contents(in.getFloat());
                case FP64 -> contents.addFp64Contents(in.getDouble());
                default -> throw new IllegalArgumentException(tensor.type() + " has no field");
            }
        }
        return contents.build();
    }

    static InferParameter bool(boolean value) {
        return InferParameter.newBuilder().setBoolParam(value).build();
    }

    static InferParameter integer(long value) {
        return InferParameter.newBuilder().setInt64Param(value).build();
    }

    static InferParameter unsigned(long value) {
        return InferParameter.newBuilder().setUint64Param(value).build();
    }

    static InferParameter decimal(double value) {
        return InferParameter.newBuilder().setDoubleParam(value).build();
    }

    static InferParameter text(String value) {
        return InferParameter.newBuilder().setStringParam(value).build();
    }
}
