package io.longshore.onnx;

import com.google.protobuf.ByteString;
import io.longshore.onnx.proto.AttributeProto;
import io.longshore.onnx.proto.AttributeProto.AttributeType;
import io.longshore.onnx.proto.NodeProto;
import java.util.Arrays;

/** One operation of a graph. Filled by one thread; not thread-safe. */
public final class OnnxNode {
    private final NodeProto.Builder proto;

    private OnnxNode(String operator) {
        this.proto = NodeProto.newBuilder().setOpType(operator);
    }

    /** A use of an ONNX operator, for example {@code "Add"}. */
    public static OnnxNode of(String operator) {
        return new OnnxNode(operator);
    }

    /** Appends inputs by name; an empty name leaves an optional one out. */
    public OnnxNode inputs(String... names) {
        proto.addAllInput(Arrays.asList(names));
        return this;
    }

    /** Appends outputs by name. */
    public OnnxNode outputs(String... names) {
        proto.addAllOutput(Arrays.asList(names));
        return this;
    }

    /** Sets an integer attribute. */
    public OnnxNode attribute(String name, long value) {
        return add(named(name, AttributeType.INT).setI(value));
    }

    /** Sets an attribute that is a list of integers. */
    public OnnxNode attribute(String name, long[] values) {
        return add(named(name, AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList()));
    }

    /** Sets a text attribute. */
    public OnnxNode attribute(String name, String value) {
        return add(named(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
    }

    /** Sets an attribute that is a graph: the body of a loop or of a branch. */
    public OnnxNode attribute(String name, OnnxGraph body) {
        return add(named(name, AttributeType.GRAPH).setG(body.toGraphProto()));
    }

    /** The node as ONNX files hold it. */
    NodeProto toProto() {
        return proto.build();
    }

    private OnnxNode add(AttributeProto.Builder attribute) {
        proto.addAttribute(attribute);
        return this;
    }

    private static AttributeProto.Builder named(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }
}
