package io.longshore.backend.onnxruntime;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a model's signature from its file without loading the weights, so that completing a configuration costs
 * milliseconds whatever the model's size.
 *
 * <p>Source of the field numbers: ONNX, {@code onnx.proto}.
 */
final class OnnxFile {
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int TENSOR_NAME = 8;
    private static final int VALUE_NAME = 1;
    private static final int VALUE_TYPE = 2;
    private static final int TYPE_TENSOR = 1;
    private static final int TYPE_SEQUENCE = 4;
    private static final int TYPE_MAP = 5;
    private static final int TYPE_SPARSE_TENSOR = 8;
    private static final int TYPE_OPTIONAL = 9;
    private static final int TENSOR_ELEMENT_TYPE = 1;
    private static final int TENSOR_SHAPE = 2;
    private static final int SHAPE_DIM = 1;
    private static final int DIM_VALUE = 1;
    private static final int DIM_SYMBOL = 2;

    private final ProtoReader reader;
    private final List<GraphTensor> inputs = new ArrayList<>();
    private final List<GraphTensor> outputs = new ArrayList<>();
    private final Set<String> initializers = new HashSet<>();

    private OnnxFile(InputStream source) {
        this.reader = new ProtoReader(source);
    }

    /**
     * The signature in a file. Inputs that the file gives a value for are left out, as the runtime does.
     *
     * @throws IOException if the file cannot be read, or is not an ONNX model
     */
    static GraphSignature readSignature(Path file) throws IOException {
        try (InputStream source = new BufferedInputStream(Files.newInputStream(file))) {
            return new OnnxFile(source).readModel(Files.size(file));
        }
    }

    private GraphSignature readModel(long end) throws IOException {
        boolean hasGraph = false;
        while (reader.nextField(end)) {
            if (reader.field() == MODEL_GRAPH) {
                readGraph(reader.message());
                hasGraph = true;
            } else {
                reader.skip();
            }
        }
        if (!hasGraph) {
            throw new IOException("there is no graph in it");
        }
        inputs.removeIf(input -> initializers.contains(input.name()));
        return new GraphSignature(inputs, outputs);
    }

    private void readGraph(long end) throws IOException {
        while (reader.nextField(end)) {
            switch (reader.field()) {
                case GRAPH_INITIALIZER -> readInitializer(reader.message());
                case GRAPH_INPUT -> inputs.add(readValue(reader.message()));
                case GRAPH_OUTPUT -> outputs.add(readValue(reader.message()));
                default -> reader.skip();
            }
        }
    }

    private void readInitializer(long end) throws IOException {
        while (reader.nextField(end)) {
            if (reader.field() == TENSOR_NAME) {
                initializers.add(reader.text());
            } else {
                reader.skip();
            }
        }
    }

    private GraphTensor readValue(long end) throws IOException {
        String name = "";
        GraphTensor type = notATensor("nothing");
        while (reader.nextField(end)) {
            switch (reader.field()) {
                case VALUE_NAME -> name = reader.text();
                case VALUE_TYPE -> type = readType(reader.message());
                default -> reader.skip();
            }
        }
        return new GraphTensor(name, type.type(), type.typeName(), type.dims());
    }

    private GraphTensor readType(long end) throws IOException {
        GraphTensor type = notATensor("unknown");
        while (reader.nextField(end)) {
            int kind = reader.field();
            if (kind == TYPE_TENSOR) {
                type = readTensorType(reader.message());
            } else {
                type = kindName(kind).map(OnnxFile::notATensor).orElse(type);
                reader.skip();
            }
        }
        return type;
    }

    private GraphTensor readTensorType(long end) throws IOException {
        int element = 0;
        List<GraphDim> dims = null;
        while (reader.nextField(end)) {
            switch (reader.field()) {
                case TENSOR_ELEMENT_TYPE -> element = (int) reader.integer();
                case TENSOR_SHAPE -> dims = readShape(reader.message());
                default -> reader.skip();
            }
        }
        @Nullable ElementType type = ElementType.ofNumber(element).orElse(null);
        return new GraphTensor("", type, type == null ? "tensor of ONNX type " + element : type.name(), dims);
    }

    private List<GraphDim> readShape(long end) throws IOException {
        List<GraphDim> dims = new ArrayList<>();
        while (reader.nextField(end)) {
            if (reader.field() == SHAPE_DIM) {
                dims.add(readDim(reader.message()));
            } else {
                reader.skip();
            }
        }
        return dims;
    }

    private GraphDim readDim(long end) throws IOException {
        GraphDim dim = new GraphDim(-1, "");
        while (reader.nextField(end)) {
            switch (reader.field()) {
                // Some exporters write -1 for a dimension of any size.
                case DIM_VALUE -> dim = new GraphDim(Math.max(-1, reader.integer()), "");
                case DIM_SYMBOL -> dim = new GraphDim(-1, reader.text());
                default -> reader.skip();
            }
        }
        return dim;
    }

    private static Optional<String> kindName(int kind) {
        return switch (kind) {
            case TYPE_SEQUENCE -> Optional.of("sequence");
            case TYPE_MAP -> Optional.of("map");
            case TYPE_SPARSE_TENSOR -> Optional.of("sparse tensor");
            case TYPE_OPTIONAL -> Optional.of("optional");
            default -> Optional.empty();
        };
    }

    private static GraphTensor notATensor(String typeName) {
        return new GraphTensor("", null, typeName, List.of());
    }
}
