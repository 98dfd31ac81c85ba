package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.longshore.model.InstanceGroup;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.VersionPolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations as protobuf's JSON. */
class ConfigOverrideTest {
    private static ModelConfigReader.Result read(String json) throws InvalidModelConfigException {
        return new ModelConfigReader().readOverride("m", json);
    }

    private static List<String> problems(String json) {
        return catchThrowableOfType(InvalidModelConfigException.class, () -> read(json))
                .problems();
    }

    @Test
    void emptyObject_statesNothing() throws InvalidModelConfigException {
        ModelConfig.Builder config = read("{}").config();

        assertThat(config.name()).isEqualTo("m");
        assertThat(config.maxBatchSize()).isEmpty();
        assertThat(config.inputs()).isEmpty();
    }

    @Test
    void sameConfiguration_isReadFromBothForms() throws InvalidModelConfigException {
        String text = """
                backend: "onnxruntime" max_batch_size: 8
                input [ { name: "I" data_type: TYPE_FP32 dims: [ 3 ] reshape { shape: [ 1, 3 ] } } ]
                output [ { name: "O" data_type: TYPE_STRING dims: 1 label_filename: "labels.txt" } ]
                version_policy { specific { versions: [ 1, 3 ] } }
                instance_group [ { kind: KIND_CPU count: 2 } ]
                parameters { key: "a" value { string_value: "b" } }
                model_transaction_policy { decoupled: true }
                optimization { graph { level: -1 } }
                """;
        String json = """
                {"name":"m","backend":"onnxruntime","max_batch_size":"8",
                 "input":[{"name":"I","data_type":"type_fp32","dims":["3"],"reshape":{"shape":[1e0,3.0]}}],
                 "output":[{"name":"O","dataType":13,"dims":[1e0],"labelFilename":"labels.txt"}],
                 "versionPolicy":{"specific":{"versions":["1",3]}},
                 "instance_group":[{"kind":"Kind_Cpu","count":2}],
                 "parameters":{"a":{"string_value":"b"}},
                 "model_transaction_policy":{"decoupled":true},
                 "optimization":{"graph":{"level":-1},"priority":null}}
                """;

        assertThat(ModelConfigWriter.message(read(json).config().build()))
                .isEqualTo(ModelConfigWriter.message(
                        new ModelConfigReader().read("m", text, "f").config().build()));
        assertThat(read(json).config().versionPolicy())
                .isEqualTo(new VersionPolicy.Specific(new TreeSet<>(List.of(1L, 3L))));
        assertThat(read(json).config().instanceGroups())
                .containsExactly(new InstanceGroup(InstanceGroup.Kind.CPU, 2, List.of()));
    }

    @Test
    void statedDefault_counts() throws InvalidModelConfigException {
        assertThat(read("{\"max_batch_size\":0}").config().maxBatchSize()).hasValue(0);
    }

    @Test
    void effectiveConfiguration_canBeSentBack() throws InvalidModelConfigException {
        ModelConfig config = read("""
                {"backend":"onnxruntime","max_batch_size":4,
                 "input":[{"name":"I","data_type":"TYPE_FP32","dims":[3]}],
                 "output":[{"name":"O","data_type":"TYPE_FP32","dims":[3]}]}""").config().build();
        String shown = new String(ConfigJson.of(config), StandardCharsets.UTF_8);

        assertThat(ModelConfigWriter.message(read(shown).config().build()))
                .isEqualTo(ModelConfigWriter.message(config));
    }

    @Test
    void allProblems_areToldAtOnceWithoutAFile() {
        assertThat(problems("""
                        {"name":"other","max_batch_size":"many","inputs":[],
                         "input":[{"name":"I","data_type":"TYPE_FP33","dims":[-7]},7],
                         "version_policy":{"all":{},"latest":{}}}"""))
                .containsExactlyInAnyOrder(
                        "config override: name: 'other' differs from the model's folder 'm'; leave it out or make them equal",
                        "config override: max_batch_size: is 'many'; expected an integer from -2147483648 to 2147483647",
                        "config override: ModelConfig has no field 'inputs'; did you mean 'input'?",
                        "config override: input[0].data_type: 'TYPE_FP33' is no value of DataType: use one of TYPE_INVALID,"
                                + " TYPE_BOOL, TYPE_UINT8, TYPE_UINT16, TYPE_UINT32, TYPE_UINT64, TYPE_INT8, TYPE_INT16,"
                                + " TYPE_INT32, TYPE_INT64, TYPE_FP16, TYPE_FP32, TYPE_FP64, TYPE_STRING, TYPE_BF16",
                        "config override: input[1]: is '7'; expected an object",
                        "config override: input 'I': dims holds -7; a dimension is -1 (any size) or at least 0",
                        "config override: version_policy.latest: only one of it and 'all' can be given");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', textBlock = """
                    {"max_batch_size":1.5}                        | max_batch_size: is '1.5'; expected an integer
                    {"max_batch_size":1e999999999}                | max_batch_size: is '1e999999999'; expected an integer
                    {"max_batch_size":true}                       | max_batch_size: is 'true'; expected an integer
                    {"max_batch_size":[1]}                        | max_batch_size: is an array; expected an integer
                    {"max_batch_size":2147483648}                 | max_batch_size: is '2147483648'; expected an integer
                    {"max_batch_size":1,"maxBatchSize":2}         | maxBatchSize: is given twice
                    {"backend":7}                                 | backend: is '7'; expected a string
                    {"input":{}}                                  | input: is an object; expected an array
                    {"input":[null]}                              | input[0]: is null; expected an object
                    {"parameters":[]}                             | parameters: is an array; expected an object
                    {"parameters":{"a":"b"}}                      | parameters['a']: is 'b'; expected an object
                    {"parameters":{"a":{},"a":{}}}                | parameters['a']: is given twice
                    {"version_policy":{"latest":{"num_versions":-1}}} | version_policy.latest.num_versions: is '-1'; expected an integer from 0
                    {"instance_group":[{"kind":{}}]}              | instance_group[0].kind: is an object; expected the name of a Kind
                    {"model_transaction_policy":{"decoupled":"true"}} | model_transaction_policy.decoupled: is 'true'; expected a boolean
                    {"model_repository_agents":{}}                | model_repository_agents: not supported yet
                    {"default_model_filename":"../x"}             | default_model_filename: '../x' leads out
                    """)
    void wrongValue_isNamedWithItsPath(String json, String problem) {
        assertThat(problems(json)).singleElement().asString().startsWith("config override: " + problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "7", "{", "{\"a\"", "{} {}", "{\"input\":[{]}", "backend: \"onnxruntime\""})
    void textThatIsNoObject_isRefused(String json) {
        assertThat(problems(json)).isNotEmpty().allMatch(problem -> problem.startsWith("config override: "));
    }

    @Test
    void deepNesting_isRefused() {
        assertThat(problems("{\"x\":" + "[".repeat(100_000))).isNotEmpty();
    }

    @Test
    void manyProblems_areCut() {
        assertThat(problems("{\"input\":[" + "{},".repeat(50_000) + "{}]}")).hasSize(100);
    }

    @Test
    void fieldsWithoutEffect_areNoted() throws InvalidModelConfigException {
        assertThat(read("{\"runtime\":\"x\"}").notes())
                .singleElement()
                .asString()
                .startsWith("config override: runtime");
    }
}
