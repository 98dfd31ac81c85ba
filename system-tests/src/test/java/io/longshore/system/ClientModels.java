package io.longshore.system;

import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The models that the programs of {@link PythonClientsIT} call, those of {@link ConformanceModels} among them. */
final class ClientModels {
    private static final String CONTROLS = """
            sequence_batching {
              control_input [
                { name: "START" control { kind: CONTROL_SEQUENCE_START int32_false_true: [ 0, 10 ] } },
                { name: "END" control { kind: CONTROL_SEQUENCE_END int32_false_true: [ 0, 100 ] } },
                { name: "READY" control { kind: CONTROL_SEQUENCE_READY int32_false_true: [ 0, 1000 ] } },
                { name: "CORRID" control { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_%s } }
              ]
            }
            """;

    private static final String SUM = """
            sequence_batching {
              oldest { max_candidate_sequences: 8 }
              max_sequence_idle_microseconds: %d
              state { input_name: "SUM_IN" output_name: "SUM_OUT" data_type: TYPE_INT32 dims: 1 }
            }
            """;

    private ClientModels() {}

    /** Puts all of them there. */
    static void write(TestRepository repository) throws IOException {
        ConformanceModels.write(repository);
        sequences(repository);
        repository
                .simple("controlled")
                .onnx("upper", 1, OnnxModels.stringUpper())
                .javaModel("slow", SlowModel.class)
                .javaModel("parameters", ParametersModel.class)
                .javaModel("words", WordsModel.class)
                .config("words", """
                        backend: "java"
                        model_transaction_policy { decoupled: true }
                        instance_group { count: 2 kind: KIND_CPU }
                        parameters { key: "class" value { string_value: "%s" } }""".formatted(WordsModel.class.getName()));
        labelled(repository);
    }

    private static void sequences(TestRepository repository) throws IOException {
        repository
                .onnx("controls", 1, OnnxModels.sequenceControls(ElementType.INT64))
                .config("controls", CONTROLS.formatted("INT64"))
                .onnx("text_ids", 1, OnnxModels.sequenceControls(ElementType.STRING))
                .config("text_ids", CONTROLS.formatted("STRING"))
                .onnx("sum", 1, OnnxModels.sequenceSum())
                .config("sum", SUM.formatted(60_000_000))
                .onnx("impatient", 1, OnnxModels.sequenceSum())
                .config("impatient", SUM.formatted(1));
    }

    private static void labelled(TestRepository repository) throws IOException {
        repository
                .onnx("labelled", 1, OnnxModels.simple())
                .file("labelled/labels.txt", "zero\none\n\nthree".getBytes(StandardCharsets.UTF_8))
                .config("labelled", """
                        max_batch_size: 8
                        output { name: "OUTPUT0" data_type: TYPE_INT32 dims: [16] label_filename: "labels.txt" }
                        output { name: "OUTPUT1" data_type: TYPE_INT32 dims: [16] }""");
    }
}
