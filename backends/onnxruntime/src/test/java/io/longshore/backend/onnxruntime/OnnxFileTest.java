package io.longshore.backend.onnxruntime;

import static io.longshore.onnx.Dim.dim;
import static io.longshore.onnx.Dim.unnamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.onnx.ConstantTensor;
import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
    @TempDir
    private Path folder;

    @Test
    void readSignature_anyModel_givesNamesTypesAndDims() throws Exception {
        OnnxGraph graph = OnnxGraph.named("g")
                .input("a", io.longshore.onnx.ElementType.FLOAT16, dim("N"), unnamed(), dim(0))
                .input("weight", io.longshore.onnx.ElementType.FLOAT, dim(2))
                .constant(ConstantTensor.floats("weight", 1, 2))
                .output("b", io.longshore.onnx.ElementType.STRING);

        GraphSignature signature = read(graph);

        assertThat(signature.inputs())
                .containsExactly(new GraphTensor(
                        "a",
                        ElementType.FLOAT16,
                        "FLOAT16",
                        List.of(new GraphDim(-1, "N"), new GraphDim(-1, ""), new GraphDim(0, ""))));
        assertThat(signature.outputs()).containsExactly(new GraphTensor("b", ElementType.STRING, "STRING", List.of()));
    }

    @Test
    void readSignature_largeWeights_arePassedOver() throws Exception {
        GraphSignature signature = read(OnnxModels.weights(4 << 20));

        assertThat(signature.inputs()).extracting(GraphTensor::name).containsExactly("INPUT0");
        assertThat(signature.isBatchable()).isTrue();
    }

    @Test
    void readSignature_notAModel_saysSo() throws Exception {
        Path file = Files.writeString(folder.resolve("model.onnx"), "version https://git-lfs.github.com/spec/v1\n");

        assertThatThrownBy(() -> OnnxFile.readSignature(file)).isInstanceOf(IOException.class);
    }

    @Test
    void readSignature_emptyFile_hasNoGraph() throws Exception {
        Path file = Files.createFile(folder.resolve("model.onnx"));

        assertThatThrownBy(() -> OnnxFile.readSignature(file))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no graph in it");
    }

    @Test
    void readSignature_truncatedOrDamagedFile_failsOrReadsButNeverHangs() throws Exception {
        byte[] whole = OnnxModels.severalOutputs().toBytes();
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve("model.onnx"), damaged);
            try {
                assertThat(OnnxFile.readSignature(file)).isNotNull();
            } catch (IOException e) {
                assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
            }
        }
    }

    private GraphSignature read(OnnxGraph graph) throws Exception {
        Path file = folder.resolve("model.onnx");
        graph.write(file);
        return OnnxFile.readSignature(file);
    }
}
