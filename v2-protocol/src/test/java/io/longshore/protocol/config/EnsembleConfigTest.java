package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.TextFormat;
import io.longshore.model.Ensemble;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ensemble_scheduling}: every field in and out, and every problem. */
class EnsembleConfigTest {
    private static final String TENSORS = """
            input [ { name: "I" data_type: TYPE_FP32 dims: 1 } ]
            output [ { name: "O" data_type: TYPE_FP32 dims: 1 } ]
            """;

    private static final String FULL = "platform: \"ensemble\"\nmax_batch_size: 4\n" + TENSORS + """
            ensemble_scheduling {
              step [
                {
                  model_name: "first" model_version: -1
                  input_map { key: "X" value: "I" }
                  output_map { key: "Y" value: "between" }
                },
                {
                  model_name: "second" model_version: 7
                  input_map { key: "A" value: "between" }
                  input_map { key: "B" value: "I" }
                  output_map { key: "C" value: "O" }
                }
              ]
              max_inflight_requests: 4294967295
            }
            """;

    private static ModelConfigReader.Result read(String text) throws InvalidModelConfigException {
        return new ModelConfigReader().read("e", text, "config.pbtxt");
    }

    private static List<String> problems(String text) {
        return catchThrowableOfType(InvalidModelConfigException.class, () -> read(text))
                .problems();
    }

    private static List<String> problemsOfSteps(String steps) {
        return problems(
                "platform: \"ensemble\" " + TENSORS.replace('\n', ' ') + " ensemble_scheduling { " + steps + " }");
    }

    @Test
    void everyField_isRead() throws Exception {
        ModelConfig config = read(FULL).config().build();

        assertThat(config.ensemble())
                .contains(new Ensemble(
                        List.of(
                                new Ensemble.Step("first", -1, Map.of("X", "I"), Map.of("Y", "between")),
                                new Ensemble.Step("second", 7, Map.of("A", "between", "B", "I"), Map.of("C", "O"))),
                        4294967295L));
        assertThat(config.backend()).isEmpty();
        assertThat(config.platform()).isEqualTo("ensemble");
    }

    @Test
    void statedAndBuiltEnsembles_comeOutAsTheyAre() throws Exception {
        ModelConfig stated = read(FULL).config().build();
        ModelConfig built = ModelConfig.builder("e")
                .platform("ensemble")
                .inputs(stated.inputs())
                .outputs(stated.outputs())
                .ensemble(stated.ensemble().orElseThrow())
                .build();
        var message = ModelConfigWriter.message(stated).getEnsembleScheduling();
        String json = new String(ConfigJson.of(stated), StandardCharsets.UTF_8);

        assertThat(ModelConfigWriter.message(built).getEnsembleScheduling()).isEqualTo(message);
        assertThat(TextFormat.printer().printToString(message)).contains("max_inflight_requests: 4294967295");
        assertThat(json).contains("\"model_version\":-1");
        assertThat(new ModelConfigReader()
                        .readOverride("e", json)
                        .config()
                        .build()
                        .ensemble())
                .isEqualTo(stated.ensemble());
        assertThat(ModelConfigWriter.message(stated).hasDynamicBatching()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', textBlock = """
            backend: "b" | backend: Ensemble model 'e' must have platform type 'ensemble' and empty backend type
            instance_group { count: 1 } | instance_group: instance group should not be specified for ensemble 'e'
            optimization { } | optimization: optimization should not be specified for ensemble 'e'
            model_warmup { } | model_warmup: model_warmup can not be specified for ensemble 'e'
            """)
    void fieldThatIsNoneOfAnEnsemble_isRefused(String field, String problem) {
        assertThat(problems(FULL + field)).containsExactly("config.pbtxt:21: " + problem);
    }

    @Test
    void platformAndStepsGoTogether() {
        assertThat(problems("platform: \"ensemble\" " + TENSORS))
                .containsExactly(
                        "config.pbtxt:1: platform: ensemble scheduling must be set for ensemble e whose platform is ensemble");
        assertThat(problems(FULL.replace("platform: \"ensemble\"", "")))
                .containsExactly("config.pbtxt:5: ensemble_scheduling: ensemble scheduling cannot be set for model 'e'"
                        + " whose platform is not ensemble; state platform: \"ensemble\"");
    }

    @Test
    void allProblems_areToldAtOnce() {
        assertThat(problemsOfSteps("step { } step { model_name: 'm' model_version: 0 input_map { key: 'x' value: 'I' }"
                        + " output_map { key: 'y' value: 'T' } }"))
                .containsExactly(
                        "config.pbtxt:1: ensemble_scheduling: must specify 'model_name' in step 0 of ensemble 'e'",
                        "config.pbtxt:1: ensemble_scheduling: model_version in step 0 of ensemble 'e' is -1 for the latest,"
                                + " or at least 1, got 0",
                        "config.pbtxt:1: ensemble_scheduling: must specify 'input_map' in step 0 of ensemble 'e'",
                        "config.pbtxt:1: ensemble_scheduling: must specify 'output_map' in step 0 of ensemble 'e'",
                        "config.pbtxt:1: ensemble_scheduling: model_version in step 1 of ensemble 'e' is -1 for the latest,"
                                + " or at least 1, got 0",
                        "config.pbtxt:1: ensemble_scheduling: ensemble output 'O' for ensemble 'e' is not used",
                        "config.pbtxt:1: ensemble_scheduling: ensemble tensor 'T' is unused in ensemble 'e'");
    }

    @Test
    void ensembleWithoutSteps_isRefused() {
        assertThat(problemsOfSteps(""))
                .containsExactly("config.pbtxt:1: ensemble_scheduling: must specify 'step' for ensemble 'e'");
    }

    @Test
    void namespace_isNoted() throws Exception {
        assertThat(read(FULL.replace("model_version: 7", "model_version: 7 model_namespace: \"n\""))
                        .notes())
                .containsExactly("config.pbtxt:5: ensemble_scheduling: model_namespace has no effect: models have no"
                        + " namespaces");
    }
}
