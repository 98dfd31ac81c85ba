package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelWarmup;
import io.longshore.model.ModelWarmup.Source;
import io.longshore.tensor.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code model_warmup}: every field in, and every problem. */
class WarmupConfigTest {
    private static final String TENSORS = """
            backend: "onnxruntime"
            max_batch_size: 4
            input [ { name: "I" data_type: TYPE_FP32 dims: -1 }, { name: "T" data_type: TYPE_STRING dims: 1 } ]
            output [ { name: "O" data_type: TYPE_FP32 dims: 1 } ]
            """;

    private static ModelConfigReader.Result read(String text) throws InvalidModelConfigException {
        return new ModelConfigReader().read("m", TENSORS + text, "config.pbtxt");
    }

    private static List<String> problems(String text) {
        return catchThrowableOfType(
                        InvalidModelConfigException.class,
                        () -> read(text).config().build())
                .problems();
    }

    @Test
    void samples_areRead() throws Exception {
        List<ModelWarmup> warmups = read("""
                model_warmup [
                  {
                    name: "zeros"
                    batch_size: 4
                    inputs { key: "I" value: { data_type: TYPE_FP32 dims: 7 zero_data: true } }
                    inputs { key: "T" value: { data_type: TYPE_STRING dims: 1 input_data_file: "sub/text" } }
                    count: 5
                  },
                  {
                    batch_size: 1
                    inputs { key: "I" value: { data_type: TYPE_FP32 dims: 3 random_data: true } }
                    inputs { key: "T" value: { data_type: TYPE_STRING dims: 1 random_data: true } }
                  }
                ]
                """).config().build().warmups();

        assertThat(warmups)
                .containsExactly(
                        new ModelWarmup(
                                "zeros",
                                4,
                                5,
                                List.of(
                                        new ModelWarmup.Input("I", DataType.FP32, List.of(7L), new Source.Zeros()),
                                        new ModelWarmup.Input(
                                                "T", DataType.BYTES, List.of(1L), new Source.DataFile("sub/text")))),
                        new ModelWarmup(
                                "",
                                1,
                                1,
                                List.of(
                                        new ModelWarmup.Input("I", DataType.FP32, List.of(3L), new Source.Noise()),
                                        new ModelWarmup.Input("T", DataType.BYTES, List.of(1L), new Source.Noise()))));
    }

    @Test
    void sampleWithoutRows_isNotedAndNotChecked() throws Exception {
        ModelConfigReader.Result result =
                read("model_warmup { name: \"w\" inputs { key: \"X\" value: { dims: -1 } } }");

        assertThat(result.config().build().warmups()).containsExactly(new ModelWarmup("w", 0, 1, List.of()));
        assertThat(result.notes())
                .containsExactly("config.pbtxt:5: model_warmup 'w' is not run, since its batch_size is 0 or not stated;"
                        + " state at least 1 to run it");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dims: 7 zero_data: true|input 'I': data_type is missing; state one such as TYPE_FP32",
                "data_type: TYPE_FP32 dims: -1 zero_data: true"
                        + "|warmup setting expects all variable-size dimensions are specified for input 'I', got dims [-1]",
                "data_type: TYPE_FP32 dims: 7|warmup setting expects input 'I' to have input_data_type set: zero_data,"
                        + " random_data or input_data_file",
                "data_type: TYPE_FP32 dims: 7 input_data_file: '../x'|input 'I': input_data_file '../x' leads out of the"
                        + " model's folder warmup; name a file inside it",
                "data_type: TYPE_FP32 dims: 7 input_data_file: ''|input 'I': input_data_file '' leads out of the"
                        + " model's folder warmup; name a file inside it"
            })
    void oneProblem_isNamedWithLineAndRemedy(String input, String problem) {
        assertThat(problems(
                        "\nmodel_warmup { name: \"w\" batch_size: 1 inputs { key: \"I\" value: { " + input + " } } }"))
                .containsExactly("config.pbtxt:6: model_warmup 'w': " + problem);
    }

    @Test
    void allProblemsOfAllSamples_areReportedAtOnce() {
        assertThat(problems("""
                model_warmup { name: "a" batch_size: 1 inputs { key: "I" value: { data_type: TYPE_FP32 dims: 1 } } }
                model_warmup { name: "b" batch_size: 1 inputs { key: "I" value: { dims: -2 zero_data: true } } }
                """))
                .hasSize(3)
                .anyMatch(each -> each.contains(":5: model_warmup 'a'"))
                .anyMatch(each -> each.contains(":6: model_warmup 'b'"));
    }
}
