package io.longshore.backend.onnxruntime;

import io.longshore.onnx.Dim;
import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import io.longshore.spi.Backend;
import io.longshore.spi.BackendContract;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;

class OnnxContractTest extends BackendContract {
    private final OnnxRuntimeBackend backend = new OnnxRuntimeBackend();

    @Override
    protected Backend backend() {
        return backend;
    }

    @Override
    protected ModelFiles identity(DataType type, long... dims) throws Exception {
        ElementType element = Arrays.stream(ElementType.values())
                .filter(candidate -> candidate.v2Name().equals(type.wireName()))
                .findFirst()
                .orElseThrow();
        Dim[] declared = Arrays.stream(dims)
                .mapToObj(dim -> dim < 0 ? Dim.unnamed() : Dim.dim(dim))
                .toArray(Dim[]::new);
        return write(OnnxModels.identity(element, declared));
    }

    @Override
    protected ModelFiles sumAndDifference() throws Exception {
        return write(OnnxModels.simpleUnbatched());
    }

    @Override
    protected ModelFiles gather() throws Exception {
        return write(OnnxModels.gather());
    }

    @Override
    protected ModelFiles slow() throws Exception {
        return write(OnnxModels.slow());
    }

    private ModelFiles write(OnnxGraph graph) throws IOException {
        return Harness.write(graph, Files.createTempDirectory(folder, "model"));
    }
}
