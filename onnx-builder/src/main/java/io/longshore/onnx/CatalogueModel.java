package io.longshore.onnx;

import static io.longshore.onnx.Dim.dim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A model under the name it has in a repository.
 *
 * @param name the model's name
 * @param graph makes its graph
 * @param config the text of its {@code config.pbtxt}; empty leaves the file out
 */
public record CatalogueModel(String name, Supplier<OnnxGraph> graph, String config) {
    private static final String SIMPLE_CONFIG = """
            name: "simple"
            backend: "onnxruntime"
            max_batch_size: 8
            input [
              { name: "INPUT0" data_type: TYPE_INT32 dims: [ 16 ] },
              { name: "INPUT1" data_type: TYPE_INT32 dims: [ 16 ] }
            ]
            output [
              { name: "OUTPUT0" data_type: TYPE_INT32 dims: [ 16 ] },
              { name: "OUTPUT1" data_type: TYPE_INT32 dims: [ 16 ] }
            ]
            """;

    /** Every model that has a name. The graphs are made when asked for. */
    public static List<CatalogueModel> all() {
        return Stream.concat(plain(), Arrays.stream(ElementType.values()).map(CatalogueModel::identity))
                .toList();
    }

    /** The model of this name, or empty. */
    public static Optional<CatalogueModel> named(String name) {
        return all().stream().filter(model -> model.name().equals(name)).findFirst();
    }

    /**
     * Writes the model as a repository holds it: {@code NAME/1/model.onnx}, {@code NAME/config.pbtxt} where there is a
     * config, and external data beside the model.
     *
     * @param repository the folder of all models
     * @throws IOException if a file cannot be written
     */
    public void write(Path repository) throws IOException {
        Path version = Files.createDirectories(repository.resolve(name).resolve("1"));
        graph.get().write(version.resolve("model.onnx"));
        if (!config.isEmpty()) {
            Files.writeString(repository.resolve(name).resolve("config.pbtxt"), config);
        }
    }

    private static Stream<CatalogueModel> plain() {
        return Stream.of(
                new CatalogueModel("simple", OnnxModels::simple, SIMPLE_CONFIG),
                bare("simple_unbatched", OnnxModels::simpleUnbatched),
                bare("simple_unnamed_batch", OnnxModels::simpleUnnamedBatch),
                bare("simple_fixed_batch", OnnxModels::simpleFixedBatch),
                bare("identity_scalar", () -> OnnxModels.identity(ElementType.FLOAT)),
                bare("scalar_sum", OnnxModels::scalarSum),
                bare("several_outputs", OnnxModels::severalOutputs),
                bare("string_upper", OnnxModels::stringUpper),
                bare("non_zero", OnnxModels::nonZero),
                bare("gather", OnnxModels::gather),
                bare("external_weights", OnnxModels::externalWeights),
                bare("weights", () -> OnnxModels.weights(1 << 20)),
                bare("slow", OnnxModels::slow),
                bare("sequence_controls", () -> OnnxModels.sequenceControls(ElementType.INT64)),
                bare("sequence_sum", OnnxModels::sequenceSum),
                bare("sequence_history", OnnxModels::sequenceHistory),
                bare("unknown_operator", OnnxModels::unknownOperator),
                bare("future_format", OnnxModels::futureFormat),
                bare("sequence_output", OnnxModels::sequenceOutput));
    }

    private static CatalogueModel bare(String name, Supplier<OnnxGraph> graph) {
        return new CatalogueModel(name, graph, "");
    }

    private static CatalogueModel identity(ElementType type) {
        String name = "identity_" + type.v2Name().toLowerCase(Locale.ROOT);
        String config = """
                name: "%s"
                backend: "onnxruntime"
                max_batch_size: 0
                input [ { name: "INPUT0" data_type: %2$s dims: [ -1 ] } ]
                output [ { name: "OUTPUT0" data_type: %2$s dims: [ -1 ] } ]
                """.formatted(name, type.configName());
        return new CatalogueModel(name, () -> OnnxModels.identity(type, dim("N")), config);
    }
}
