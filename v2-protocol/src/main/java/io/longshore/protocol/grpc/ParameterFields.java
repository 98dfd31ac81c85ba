package io.longshore.protocol.grpc;

import com.google.protobuf.CodedOutputStream;
import io.longshore.inference.Parameters;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import java.io.IOException;
import java.util.Map;

/** The entries of a response's {@code parameters}: key 1, value 2, on the wire one message each. */
final class ParameterFields {
    private static final int FIELD = ModelInferResponse.PARAMETERS_FIELD_NUMBER;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private ParameterFields() {}

    static int size(Parameters parameters) {
        int size = 0;
        for (Map.Entry<String, Object> entry : parameters.asMap().entrySet()) {
            size += ProtoFields.nestedSize(FIELD, entrySize(entry.getKey(), message(entry.getValue())));
        }
        return size;
    }

    static void write(Parameters parameters, CodedOutputStream out) throws IOException {
        for (Map.Entry<String, Object> entry : parameters.asMap().entrySet()) {
            InferParameter value = message(entry.getValue());
            ProtoFields.writePrefix(FIELD, entrySize(entry.getKey(), value), out);
            out.writeString(KEY, entry.getKey());
            out.writeMessage(VALUE, value);
        }
    }

    private static int entrySize(String key, InferParameter value) {
        return CodedOutputStream.computeStringSize(KEY, key) + CodedOutputStream.computeMessageSize(VALUE, value);
    }

    private static InferParameter message(Object value) {
        InferParameter.Builder message = InferParameter.newBuilder();
        if (value instanceof Long integer) {
            message.setInt64Param(integer);
        } else if (value instanceof Double decimal) {
            message.setDoubleParam(decimal);
        } else if (value instanceof Boolean bool) {
            message.setBoolParam(bool);
        } else {
            message.setStringParam(value.toString());
        }
        return message.build();
    }
}
