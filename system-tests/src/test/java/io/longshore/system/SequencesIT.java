package io.longshore.system;

import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxModels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stateful models on the packaged server, called by Triton's clients over both wires. */
class SequencesIT {
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

    @TempDir
    private Path folder;

    @Test
    void tritonClients_keepSequencesApartOverBothWires() throws Exception {
        PythonPrograms.assumeClients();
        Path models = Files.createDirectories(folder.resolve("models"));
        new TestRepository(models)
                .onnx("controls", 1, OnnxModels.sequenceControls(ElementType.INT64))
                .config("controls", CONTROLS.formatted("INT64"))
                .onnx("text_ids", 1, OnnxModels.sequenceControls(ElementType.STRING))
                .config("text_ids", CONTROLS.formatted("STRING"))
                .onnx("sum", 1, OnnxModels.sequenceSum())
                .config("sum", SUM.formatted(60_000_000))
                .onnx("impatient", 1, OnnxModels.sequenceSum())
                .config("impatient", SUM.formatted(1));
        try (LongshoreServer server = LongshoreServer.start(models)) {
            PythonPrograms.run("sequences.py", "127.0.0.1:" + server.port(), "127.0.0.1:" + server.grpcPort());
        }
    }
}
