package io.longshore.backend.onnxruntime;

import static io.longshore.onnx.Dim.dim;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.Device;
import io.longshore.model.ModelConfig;
import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import io.longshore.spi.Backend;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendRun;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.CountingAllocator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRuntimeBackendTest {
    @TempDir
    private Path folder;

    private final OnnxRuntimeBackend backend = new OnnxRuntimeBackend();
    private final BackendContext context = Harness.context(Map.of(), new CountingAllocator());

    @Test
    void serviceLoader_findsIt() {
        assertThat(ServiceLoader.load(Backend.class)).extracting(Backend::name).containsExactly("onnxruntime");
    }

    @Test
    void recognises_onnxFileOrPlatform_only() throws Exception {
        ModelFiles empty = new ModelFiles(folder, folder);
        assertThat(backend.recognises(ModelConfig.builder("m"), empty)).isFalse();
        assertThat(backend.recognises(ModelConfig.builder("m").platform("onnxruntime_onnx"), empty))
                .isTrue();

        ModelFiles files = Harness.write(OnnxModels.simple(), folder);
        assertThat(backend.recognises(ModelConfig.builder("m"), files)).isTrue();
        assertThat(backend.recognises(ModelConfig.builder("m").platform("pytorch_libtorch"), files))
                .isFalse();
    }

    @Test
    void estimate_externalData_countsToo() throws Exception {
        ModelFiles files = Harness.write(OnnxModels.externalWeights(), folder);
        ModelConfig config = BackendRun.complete(backend, files, context);

        assertThat(backend.estimate(config, files, Device.CPU))
                .isEqualTo(Files.size(folder.resolve("model.onnx")) + 64 * 4 * Float.BYTES);
    }

    @Test
    void load_unknownOperator_givesTheRuntimesReason() {
        assertThatThrownBy(() -> load(OnnxModels.unknownOperator()))
                .isInstanceOf(BackendException.class)
                .hasMessageStartingWith("unable to load model 'model': ")
                .hasMessageContaining("No Op registered for NoSuchOperator");
    }

    @Test
    void load_formatOfTheFuture_givesTheRuntimesReason() {
        assertThatThrownBy(() -> load(OnnxModels.futureFormat()))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("Unsupported model IR version: 99");
    }

    @Test
    void load_missingExternalData_givesTheRuntimesReason() throws Exception {
        ModelFiles files = Harness.write(OnnxModels.externalWeights(), folder);
        Files.delete(folder.resolve(OnnxModels.EXTERNAL_FILE));

        assertThatThrownBy(() -> BackendRun.load(backend, files, 1, context))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining(OnnxModels.EXTERNAL_FILE);
    }

    @Test
    void load_throughLinksInAReadOnlyFolder_works() throws Exception {
        Path data = Files.createDirectory(folder.resolve("..data"));
        OnnxModels.externalWeights().write(data.resolve("model.onnx"));
        Path version = Files.createDirectory(folder.resolve("1"));
        for (String name : new String[] {"model.onnx", OnnxModels.EXTERNAL_FILE}) {
            Files.createSymbolicLink(version.resolve(name), Path.of("../..data").resolve(name));
        }
        ModelFiles linked = new ModelFiles(folder, Files.createSymbolicLink(folder.resolve("2"), version));

        BackendRun.load(backend, new ModelFiles(folder, version), 1, context).close();
        BackendRun.load(backend, linked, 1, context).close();
    }

    @Test
    void load_onGpu_saysWhatToDo() throws Exception {
        ModelFiles files = Harness.write(OnnxModels.simple(), folder);
        ModelConfig config = BackendRun.complete(backend, files, context);

        assertThatThrownBy(() -> backend.load(config, files, new Device(Device.Kind.GPU, 0), 1, context))
                .isInstanceOf(BackendException.class)
                .hasMessageContainingAll("gpu:0", "KIND_CPU");
    }

    @Test
    void load_any_leavesNoLibraryInTheTemporaryFolder() throws Exception {
        load(OnnxModels.identity(ElementType.FLOAT, dim("N"))).close();

        String mapped = Files.readString(Path.of("/proc/self/maps"));
        String library = mapped.lines()
                .filter(line -> line.contains("libonnxruntime4j_jni.so"))
                .map(line -> line.substring(line.indexOf('/')))
                .findFirst()
                .orElseThrow();
        assertThat(library).endsWith(" (deleted)");
        Path gone = Path.of(library.replace(" (deleted)", "")).getParent();
        assertThat(gone).doesNotExist();
        try (Stream<Path> written = Files.list(folder)) {
            assertThat(written).as("nothing is written beside the model").hasSize(1);
        }
    }

    private BackendRun load(OnnxGraph graph) throws Exception {
        return BackendRun.load(backend, Harness.write(graph, folder), 1, context);
    }
}
