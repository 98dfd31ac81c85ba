package io.longshore.onnx;

import com.google.protobuf.ByteString;
import io.longshore.onnx.proto.GraphProto;
import io.longshore.onnx.proto.ModelProto;
import io.longshore.onnx.proto.OperatorSetIdProto;
import io.longshore.onnx.proto.TensorProto;
import io.longshore.onnx.proto.TensorShapeProto;
import io.longshore.onnx.proto.TypeProto;
import io.longshore.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model under construction.
 *
 * <pre>{@code
 * OnnxGraph.named("twice")
 *         .input("INPUT0", ElementType.FLOAT, dim("N"), dim(16))
 *         .node(OnnxNode.of("Add").inputs("INPUT0", "INPUT0").outputs("OUTPUT0"))
 *         .output("OUTPUT0", ElementType.FLOAT, dim("N"), dim(16))
 *         .write(Path.of("model.onnx"));
 * }</pre>
 *
 * <p>Nodes are written in the order they were added; ONNX wants each after those it reads from. Nothing is checked here:
 * broken models are wanted too. Filled by one thread; not thread-safe.
 */
public final class OnnxGraph {
    /** Version of the file format; every reader since 2021 takes it. */
    private static final int DEFAULT_IR_VERSION = 8;

    private static final int DEFAULT_OPSET = 13;

    private final String name;
    private final List<ValueInfoProto> inputs = new ArrayList<>();
    private final List<ValueInfoProto> outputs = new ArrayList<>();
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final List<ConstantTensor> constants = new ArrayList<>();
    private int irVersion = DEFAULT_IR_VERSION;
    private int opset = DEFAULT_OPSET;
    private @Nullable String externalFile;

    private OnnxGraph(String name) {
        this.name = name;
    }

    /** An empty graph of this name. */
    public static OnnxGraph named(String name) {
        return new OnnxGraph(name);
    }

    /** Sets the version of the operator set; 13 without this call. */
    public OnnxGraph opset(int version) {
        opset = version;
        return this;
    }

    /** Sets the version of the file format; 8 without this call. */
    public OnnxGraph irVersion(int version) {
        irVersion = version;
        return this;
    }

    /** Keeps the values of constants in a file beside the model, named as given. Bodies of loops keep theirs. */
    public OnnxGraph externalData(String file) {
        externalFile = file;
        return this;
    }

    /** Declares an input. */
    public OnnxGraph input(String inputName, ElementType type, Dim... dims) {
        inputs.add(tensorValue(inputName, type, dims));
        return this;
    }

    /** Declares an output. */
    public OnnxGraph output(String outputName, ElementType type, Dim... dims) {
        outputs.add(tensorValue(outputName, type, dims));
        return this;
    }

    /** Declares an output of which nothing is said but its type. */
    public OnnxGraph outputWithoutShape(String outputName, ElementType type) {
        outputs.add(value(outputName, shapeless(type)));
        return this;
    }

    /** Declares an output that is a sequence of tensors, which is not a tensor. */
    public OnnxGraph sequenceOutput(String outputName, ElementType type) {
        TypeProto.Sequence sequence =
                TypeProto.Sequence.newBuilder().setElemType(shapeless(type)).build();
        outputs.add(value(
                outputName, TypeProto.newBuilder().setSequenceType(sequence).build()));
        return this;
    }

    /** Appends an operation. */
    public OnnxGraph node(OnnxNode node) {
        nodes.add(node);
        return this;
    }

    /** Adds a tensor of constant values, which nodes name like an input. */
    public OnnxGraph constant(ConstantTensor tensor) {
        constants.add(tensor);
        return this;
    }

    /** The content of the model file, without the file that {@link #externalData} names. */
    public byte[] toBytes() {
        return toModelProto().toByteArray();
    }

    /**
     * Writes the model file, and beside it the file that {@link #externalData} names.
     *
     * @throws IOException if a file cannot be written
     */
    public void write(Path file) throws IOException {
        Files.write(file, toBytes());
        if (externalFile != null) {
            writeExternal(file.resolveSibling(externalFile));
        }
    }

    /** The graph as ONNX files hold it. */
    GraphProto toGraphProto() {
        return GraphProto.newBuilder()
                .setName(name)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllNode(nodes.stream().map(OnnxNode::toProto).toList())
                .addAllInitializer(constantProtos())
                .build();
    }

    private ModelProto toModelProto() {
        return ModelProto.newBuilder()
                .setIrVersion(irVersion)
                .setProducerName("longshore")
                .setGraph(toGraphProto())
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
                .build();
    }

    private List<TensorProto> constantProtos() {
        List<TensorProto> protos = new ArrayList<>();
        long offset = 0;
        for (ConstantTensor constant : constants) {
            if (externalFile != null && constant.type() != ElementType.STRING) {
                protos.add(constant.toExternalProto(externalFile, offset));
                offset += constant.bytes().size();
            } else {
                protos.add(constant.toProto());
            }
        }
        return protos;
    }

    private void writeExternal(Path file) throws IOException {
        try (OutputStream target = Files.newOutputStream(file)) {
            for (ConstantTensor constant : constants) {
                ByteString bytes = constant.bytes();
                bytes.writeTo(target);
            }
        }
    }

    private static ValueInfoProto tensorValue(String valueName, ElementType type, Dim... dims) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addAllDim(Arrays.stream(dims).map(Dim::toProto).toList())
                .build();
        TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder()
                .setElemType(type.number())
                .setShape(shape)
                .build();
        return value(valueName, TypeProto.newBuilder().setTensorType(tensor).build());
    }

    private static TypeProto shapeless(ElementType type) {
        return TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.number()))
                .build();
    }

    private static ValueInfoProto value(String valueName, TypeProto type) {
        return ValueInfoProto.newBuilder().setName(valueName).setType(type).build();
    }
}
