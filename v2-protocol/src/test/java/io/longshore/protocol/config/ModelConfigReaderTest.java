package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.longshore.model.InstanceGroup;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.LatencyFamily;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.RateLimit;
import io.longshore.model.VersionPolicy;
import io.longshore.tensor.DataType;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigReaderTest {
    private static final String TENSORS = """
            input [ { name: "I" data_type: TYPE_FP32 dims: [ -1, 3 ] } ]
            output [ { name: "O" data_type: TYPE_STRING dims: 1 label_filename: "labels.txt" } ]
            """;

    private static ModelConfigReader.Result read(String text) throws InvalidModelConfigException {
        return new ModelConfigReader().read("m", text, "config.pbtxt");
    }

    private static List<String> problems(String text) {
        InvalidModelConfigException fault = catchThrowableOfType(InvalidModelConfigException.class, () -> read(text));
        assertThat(fault).as("a fault of %s", text).isNotNull();
        return fault.problems();
    }

    @Test
    void fullConfiguration_isRead() throws InvalidModelConfigException {
        ModelConfig config = read("""
                        # a comment
                        name: "m"
                        platform: "onnxruntime_onnx"
                        max_batch_size: 8
                        version_policy: { specific { versions: [ 3, 1 ] } }
                        instance_group [ { kind: KIND_CPU count: 2 }, { kind: KIND_GPU gpus: [ 0, 1 ] } ]
                        optimization { graph { level: 1 } }
                        parameters: { key: "intra_op_thread_count" value: { string_value: "2" } }
                        model_transaction_policy { decoupled: true }
                        default_model_filename: "net.onnx"
                        """ + TENSORS).config().build();
        assertThat(config.backend()).isEqualTo("onnxruntime");
        assertThat(config.platform()).isEqualTo("onnxruntime_onnx");
        assertThat(config.maxBatchSize()).isEqualTo(8);
        assertThat(config.versionPolicy()).isEqualTo(new VersionPolicy.Specific(new TreeSet<>(List.of(1L, 3L))));
        assertThat(config.instanceGroups())
                .containsExactly(
                        new InstanceGroup(InstanceGroup.Kind.CPU, 2, List.of()),
                        new InstanceGroup(InstanceGroup.Kind.GPU, 1, List.of(0, 1)));
        assertThat(config.graphOptimizationLevel()).hasValue(1);
        assertThat(config.parameters()).containsEntry("intra_op_thread_count", "2");
        assertThat(config.isDecoupled()).isTrue();
        assertThat(config.defaultModelFilename()).hasValue("net.onnx");
        assertThat(config.inputs()).containsExactly(ModelInput.of("I", DataType.FP32, -1L, 3L));
        assertThat(config.outputs())
                .containsExactly(new ModelOutput("O", DataType.BYTES, List.of(1L), null, "labels.txt"));
    }

    @Test
    void rateLimiter_isReadForEachGroup() throws InvalidModelConfigException {
        ModelConfigReader.Result result = read("""
                instance_group [
                  { count: 2 rate_limiter { resources [ { name: "R1" count: 4 }, { name: "R2" global: true count: 2 } ] priority: 3 } },
                  { rate_limiter { priority: 0 } },
                  { rate_limiter { resources { name: "R3" count: 4294967295 } priority: 4294967295 } }
                ]
                """);

        assertThat(result.notes()).isEmpty();
        assertThat(result.config().instanceGroups())
                .extracting(InstanceGroup::rateLimit)
                .containsExactly(
                        new RateLimit(
                                List.of(new RateLimit.Resource("R1", false, 4), new RateLimit.Resource("R2", true, 2)),
                                3),
                        RateLimit.NONE,
                        new RateLimit(List.of(new RateLimit.Resource("R3", false, 4_294_967_295L)), Integer.MAX_VALUE));
    }

    @Test
    void metricTagsAndBuckets_areRead() throws InvalidModelConfigException {
        ModelConfigReader.Result result = read("""
                metric_tags [ { key: "team" value: "search" }, { key: "a-b" value: "c" }, { key: "_d" value: "e" } ]
                model_metrics { metric_control [
                  { metric_identifier { family: "nv_inference_first_response_histogram_ms" }
                    histogram_options { buckets: [ 5, 7.5 ] } },
                  { metric_identifier { family: "nv_other" } histogram_options { buckets: [ 1 ] } }
                ] }
                """);

        assertThat(result.config().metricTags()).containsExactly(Map.entry("team", "search"));
        assertThat(result.config().latencyBounds())
                .containsExactly(Map.entry(LatencyFamily.FIRST_RESPONSE, List.of(5.0, 7.5)));
        assertThat(result.notes())
                .hasSize(3)
                .anyMatch(note -> note.contains("'a-b'"))
                .anyMatch(note -> note.contains("'_d'"))
                .anyMatch(note -> note.contains("'nv_other'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2, 1", "1, 1", "0", "-1", "nan", "1, inf"})
    void bucketsThatCannotBeCountedIn_areAProblem(String buckets) {
        assertThat(problems("model_metrics { metric_control { metric_identifier { family:"
                        + " \"longshore_queue_duration_seconds\" } histogram_options { buckets: [ " + buckets
                        + " ] } } }"))
                .singleElement()
                .asString()
                .contains("longshore_queue_duration_seconds has");
    }

    @Test
    void emptyText_leavesAllToTheModelFile() throws InvalidModelConfigException {
        ModelConfig.Builder config = read("").config();
        assertThat(config.backend()).isEmpty();
        assertThat(config.maxBatchSize()).isEmpty();
        assertThat(config.inputs()).isEmpty();
        assertThat(read("max_batch_size: 0").config().maxBatchSize()).hasValue(0);
    }

    @Test
    void reshapeAndOptional_areRead() throws InvalidModelConfigException {
        ModelInput input =
                read("input { name: \"I\" data_type: TYPE_BF16 dims: 1 reshape { shape: [] } optional: true }")
                        .config()
                        .inputs()
                        .get(0);
        assertThat(input).isEqualTo(new ModelInput("I", DataType.BF16, List.of(1L), List.of(), true));
    }

    @Test
    void everyDatatype_isKnown() throws InvalidModelConfigException {
        for (DataType type : DataType.values()) {
            String name = type == DataType.BYTES ? "TYPE_STRING" : "TYPE_" + type;
            assertThat(read("input { name: \"I\" data_type: " + name + " dims: 1 }")
                            .config()
                            .inputs()
                            .get(0)
                            .type())
                    .isEqualTo(type);
        }
    }

    @Test
    void allProblems_comeAtOnce() {
        assertThat(problems("""
                        name: "other"
                        max_batch_size: -1
                        input [
                          { name: "I" data_type: TYPE_FLOAT dims: [ -2 ] },
                          { name: "I" data_typ: TYPE_FP32 dims: 1 }
                        ]
                        instance_group { kind: KIND_TPU count: -3 }
                        sequence_batching { iterative_sequence: true control_input { name: "S" } }
                        version_policy { specific { } }
                        nonsense: 1
                        """))
                .satisfiesExactlyInAnyOrder(
                        p -> assertThat(p)
                                .isEqualTo(
                                        "config.pbtxt:1: name: 'other' differs from the model's folder 'm'; leave it out or"
                                                + " make them equal"),
                        p -> assertThat(p).startsWith("config.pbtxt:2: max_batch_size: -1 is negative"),
                        p -> assertThat(p)
                                .startsWith(
                                        "config.pbtxt:4: 'TYPE_FLOAT' is no value of DataType: use one of TYPE_INVALID, TYPE_BOOL"),
                        p -> assertThat(p)
                                .isEqualTo(
                                        "config.pbtxt:4: input 'I': dims holds -2; a dimension is -1 (any size) or at least 0"),
                        p -> assertThat(p).isEqualTo("config.pbtxt:5: input 'I': is declared twice; each name once"),
                        p -> assertThat(p)
                                .isEqualTo(
                                        "config.pbtxt:5: input 'I': data_type is missing; state one such as TYPE_FP32"),
                        p -> assertThat(p)
                                .isEqualTo(
                                        "config.pbtxt:5: ModelInput has no field 'data_typ'; did you mean 'data_type'?"),
                        p -> assertThat(p)
                                .startsWith(
                                        "config.pbtxt:7: 'KIND_TPU' is no value of ModelInstanceGroup.Kind: use one of KIND_AUTO, KIND_GPU"),
                        p -> assertThat(p)
                                .startsWith("config.pbtxt:8: sequence_batching: iterative_sequence is not supported"),
                        p -> assertThat(p)
                                .startsWith(
                                        "config.pbtxt:8: sequence_batching: control_input 'S' has 0 controls; give each tensor"),
                        p -> assertThat(p).startsWith("config.pbtxt:9: version_policy: specific names no version"),
                        p -> assertThat(p)
                                .startsWith(
                                        "config.pbtxt:10: ModelConfig has no field 'nonsense'; it has name, platform"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name: \"m|config.pbtxt:1: String missing ending quote.",
                "input { name: \"I\"|config.pbtxt:1: Expected \"}\".",
                "max_batch_size: x|config.pbtxt:1: Couldn't parse integer: For input string: \"x\"",
                "name: \"m\" name: \"m\"|config.pbtxt:1: Non-repeated field \"inference.ModelConfig.name\" cannot be overwritten.",
                "platform: \"tensorrt_plan\" backend: \"onnxruntime\"|config.pbtxt:1: platform: 'tensorrt_plan' stands for backend 'tensorrt', but backend is 'onnxruntime'; state one of the two",
                "version_policy { }|config.pbtxt:1: version_policy: names no policy; use latest { num_versions: 1 }, all {} or specific { versions: [1] }",
                "version_policy { specific { versions: 0 } }|config.pbtxt:1: version_policy: specific names version 0; versions start at 1",
                "version_policy { latest { num_versions: 4294967295 } }|config.pbtxt:1: version_policy: latest.num_versions 4294967295 is more than 2147483647; use all {}",
                "instance_group { count: -1 }|config.pbtxt:1: instance_group: count -1 is negative; use at least 1",
                "instance_group { kind: KIND_CPU gpus: 0 }|config.pbtxt:1: instance_group: gpus names GPU 0 for KIND_CPU; use KIND_GPU or leave gpus out",
                "instance_group { kind: KIND_GPU gpus: -1 }|config.pbtxt:1: instance_group: gpus names GPU -1; numbers start at 0",
                "instance_group { rate_limiter { resources { count: 1 } } }|config.pbtxt:1: instance_group: rate_limiter names a resource without a name; state resources { name: \"R\" count: 1 }",
                "instance_group { kind: 9 }|config.pbtxt:1: instance_group: kind 9 is unknown; use one of its names",
                "default_model_filename: \"../x\"|config.pbtxt:1: default_model_filename: '../x' leads out of the version's folder; name a file inside it",
                "output { name: \"O\" data_type: TYPE_FP32 label_filename: \"/etc/passwd\" }|config.pbtxt:1: output 'O': label_filename '/etc/passwd' leads out of the model's folder; name a file inside it",
                "output { name: \"O\" data_type: 99 }|config.pbtxt:1: output 'O': data_type 99 is unknown; use a name such as TYPE_FP32",
                "input { data_type: TYPE_FP32 }|config.pbtxt:1: input '': name is missing",
                "optimization { graph { level: 3 } }|config.pbtxt:1: optimization: graph.level 3 is unknown; use -1 (basic), 0 (all), 1 (extended) or 2 (none)",
            })
    void oneProblem_isNamedWithLineAndRemedy(String text, String problem) {
        assertThat(problems(text)).containsExactly(problem);
    }

    @Test
    void fieldsWithoutEffect_areNoted() throws InvalidModelConfigException {
        ModelConfigReader.Result result = read("""
                optimization { cuda { graphs: true } graph { level: 0 } }
                runtime: "x"
                instance_group { count: 1 host_policy: "x" }
                """ + TENSORS);
        assertThat(result.notes())
                .containsExactlyInAnyOrder(
                        "config.pbtxt:1: optimization.cuda has no effect: the model runs without it",
                        "config.pbtxt:2: runtime has no effect: the backend's name decides what runs the model",
                        "config.pbtxt:3: instance_group.host_policy has no effect: instances run without it");
    }

    @Test
    void responseCache_isRead() throws InvalidModelConfigException {
        assertThat(built("response_cache { enable: true }").usesResponseCache()).isTrue();
        assertThat(built("response_cache { enable: false }").usesResponseCache())
                .isFalse();
        assertThat(built("").usesResponseCache()).isFalse();
    }

    private static ModelConfig built(String text) throws InvalidModelConfigException {
        return read(text + TENSORS).config().backend("b").build();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sequence_batching { }|with sequence batching scheduler. Please disable the response cache.",
                "model_transaction_policy { decoupled: true }"
                        + "|with 'decoupled' transaction policy. Please disable the response cache."
            })
    void responseCacheWhereAnswersCannotBeKept_isRefused(String policy, String problem) {
        assertThatThrownBy(() -> built("response_cache { enable: true }" + policy))
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining("Response Cache does not currently support model m " + problem);
    }
}
