package io.longshore.protocol.grpc;

import com.google.protobuf.CodedOutputStream;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.grpc.proto.ModelInferResponse.InferOutputTensor;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.io.IOException;

/** Everything of a {@code ModelInferResponse} that stands before its {@code raw_output_contents}. Immutable. */
final class ResponseHead {
    private final InferenceResponse response;
    private final String version;
    private final Parameters extra;
    private final int byteSize;

    /**
     * The head of a response.
     *
     * @param extra parameters that follow the response's
     */
    ResponseHead(InferenceResponse response, Parameters extra) {
        this.response = response;
        this.version = Long.toString(response.model().version());
        this.extra = extra;
        this.byteSize = size();
    }

    /** The exact number of bytes that {@link #writeTo} writes. */
    int byteSize() {
        return byteSize;
    }

    private int size() {
        int size = ProtoFields.stringSize(
                        ModelInferResponse.MODEL_NAME_FIELD_NUMBER,
                        response.model().name())
                + ProtoFields.stringSize(ModelInferResponse.MODEL_VERSION_FIELD_NUMBER, version)
                + ProtoFields.stringSize(ModelInferResponse.ID_FIELD_NUMBER, response.id())
                + ParameterFields.size(response.parameters())
                + ParameterFields.size(extra);
        for (Tensor output : response.outputs()) {
            size += ProtoFields.nestedSize(ModelInferResponse.OUTPUTS_FIELD_NUMBER, outputSize(output));
        }
        return size;
    }

    void writeTo(CodedOutputStream out) throws IOException {
        ProtoFields.writeString(
                ModelInferResponse.MODEL_NAME_FIELD_NUMBER, response.model().name(), out);
        ProtoFields.writeString(ModelInferResponse.MODEL_VERSION_FIELD_NUMBER, version, out);
        ProtoFields.writeString(ModelInferResponse.ID_FIELD_NUMBER, response.id(), out);
        ParameterFields.write(response.parameters(), out);
        ParameterFields.write(extra, out);
        for (Tensor output : response.outputs()) {
            writeOutput(output, out);
        }
    }

    private static int outputSize(Tensor output) {
        int size = ProtoFields.stringSize(InferOutputTensor.NAME_FIELD_NUMBER, output.name())
                + ProtoFields.stringSize(
                        InferOutputTensor.DATATYPE_FIELD_NUMBER, output.type().wireName());
        int dims = dimsSize(output.shape());
        return dims == 0 ? size : size + ProtoFields.nestedSize(InferOutputTensor.SHAPE_FIELD_NUMBER, dims);
    }

    private static int dimsSize(Shape shape) {
        int size = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            size += CodedOutputStream.computeInt64SizeNoTag(shape.dim(axis));
        }
        return size;
    }

    private static void writeOutput(Tensor output, CodedOutputStream out) throws IOException {
        ProtoFields.writePrefix(ModelInferResponse.OUTPUTS_FIELD_NUMBER, outputSize(output), out);
        ProtoFields.writeString(InferOutputTensor.NAME_FIELD_NUMBER, output.name(), out);
        ProtoFields.writeString(
                InferOutputTensor.DATATYPE_FIELD_NUMBER, output.type().wireName(), out);
        Shape shape = output.shape();
        if (shape.rank() > 0) {
            ProtoFields.writePrefix(InferOutputTensor.SHAPE_FIELD_NUMBER, dimsSize(shape), out);
        }
        for (int axis = 0; axis < shape.rank(); axis++) {
            out.writeInt64NoTag(shape.dim(axis));
        }
    }
}
