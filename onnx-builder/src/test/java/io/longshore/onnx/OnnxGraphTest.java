package io.longshore.onnx;

import static io.longshore.onnx.Dim.dim;
import static io.longshore.onnx.Dim.unnamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.onnx.proto.AttributeProto.AttributeType;
import io.longshore.onnx.proto.GraphProto;
import io.longshore.onnx.proto.ModelProto;
import io.longshore.onnx.proto.TensorProto;
import io.longshore.onnx.proto.TensorProto.DataLocation;
import io.longshore.onnx.proto.TensorShapeProto.Dimension;
import io.longshore.onnx.proto.TypeProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxGraphTest {
    @Test
    void toBytes_simpleGraph_isReadBackAsWritten() throws Exception {
        ModelProto model =
                ModelProto.parseFrom(OnnxModels.simple().opset(17).irVersion(9).toBytes());

        assertThat(model.getIrVersion()).isEqualTo(9);
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
        GraphProto graph = model.getGraph();
        assertThat(graph.getInputList()).extracting(v -> v.getName()).containsExactly("INPUT0", "INPUT1");
        assertThat(graph.getOutputList()).extracting(v -> v.getName()).containsExactly("OUTPUT0", "OUTPUT1");
        assertThat(graph.getNodeList()).extracting(n -> n.getOpType()).containsExactly("Add", "Sub");
        TypeProto.Tensor type = graph.getInput(0).getType().getTensorType();
        assertThat(type.getElemType()).isEqualTo(ElementType.INT32.number());
        assertThat(type.getShape().getDim(0).getDimParam()).isEqualTo("N");
        assertThat(type.getShape().getDim(1).getDimValue()).isEqualTo(16);
    }

    @Test
    void input_unnamedAndZeroDims_areTold_apart() throws Exception {
        OnnxGraph graph = OnnxModels.identity(ElementType.FLOAT, unnamed(), dim(0));

        List<Dimension> dims =
                read(graph).getInput(0).getType().getTensorType().getShape().getDimList();

        assertThat(dims.get(0).getValueCase()).isEqualTo(Dimension.ValueCase.VALUE_NOT_SET);
        assertThat(dims.get(1).getValueCase()).isEqualTo(Dimension.ValueCase.DIM_VALUE);
    }

    @Test
    void input_withoutDims_hasTheShapeOfAScalar() throws Exception {
        TypeProto.Tensor type = read(OnnxModels.identity(ElementType.FLOAT))
                .getInput(0)
                .getType()
                .getTensorType();

        assertThat(type.hasShape()).isTrue();
        assertThat(type.getShape().getDimList()).isEmpty();
    }

    @Test
    void attribute_zero_isWrittenAllTheSame() throws Exception {
        var attribute = read(OnnxModels.severalOutputs()).getNode(1).getAttribute(0);

        assertThat(attribute.getType()).isEqualTo(AttributeType.INT);
        assertThat(attribute.hasI()).isTrue();
        assertThat(attribute.getI()).isZero();
    }

    @Test
    void attribute_lists_keepTheirOrder() throws Exception {
        OnnxNode node = OnnxNode.of("Transpose").inputs("a").outputs("b").attribute("perm", new long[] {1, 0});

        assertThat(read(OnnxGraph.named("t").node(node))
                        .getNode(0)
                        .getAttribute(0)
                        .getIntsList())
                .containsExactly(1L, 0L);
    }

    @Test
    void constant_strings_areKeptAsBytes() throws Exception {
        OnnxGraph graph = OnnxGraph.named("s").constant(ConstantTensor.strings("words", List.of("a", "Grüße")));

        assertThat(read(graph).getInitializer(0).getStringDataList())
                .extracting(s -> s.toStringUtf8())
                .containsExactly("a", "Grüße");
    }

    @Test
    void constant_wrongElementCount_isRefused() {
        assertThatThrownBy(() ->
                        ConstantTensor.fixedWidth("w", ElementType.FLOAT, List.of(3L), java.nio.ByteBuffer.allocate(8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("constant 'w' of shape [3] needs 3 elements, got 2");
    }

    @Test
    void write_externalData_putsValuesBesideTheModel(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("model.onnx");
        OnnxGraph.named("two")
                .constant(ConstantTensor.floats("a", 1, 2))
                .constant(ConstantTensor.int64s("b", 3))
                .externalData("values.bin")
                .write(file);

        TensorProto second =
                ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializer(1);
        assertThat(second.getDataLocation()).isEqualTo(DataLocation.EXTERNAL);
        assertThat(second.hasRawData()).isFalse();
        assertThat(second.getExternalDataList())
                .extracting(e -> e.getKey() + "=" + e.getValue())
                .containsExactly("location=values.bin", "offset=8", "length=8");
        assertThat(Files.readAllBytes(folder.resolve("values.bin"))).hasSize(16).endsWith(3, 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void weights_haveTheSizeAskedFor() throws Exception {
        assertThat(read(OnnxModels.weights(1 << 20))
                        .getInitializer(0)
                        .getRawData()
                        .size())
                .isEqualTo(1 << 20);
    }

    private static GraphProto read(OnnxGraph graph) throws Exception {
        return ModelProto.parseFrom(graph.toBytes()).getGraph();
    }
}
