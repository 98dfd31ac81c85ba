package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.TextFormat;
import io.longshore.model.ModelConfig;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ModelConfigWriterTest {
    private static final String FULL = """
            name: "m"
            platform: "onnxruntime_onnx"
            max_batch_size: 8
            input [ { name: "I" data_type: TYPE_FP32 dims: [ -1, 3 ] reshape { shape: [ -1, 1, 3 ] } optional: true } ]
            output [ { name: "O" data_type: TYPE_STRING dims: 1 label_filename: "labels.txt" } ]
            version_policy: { specific { versions: [ 3, 1 ] } }
            instance_group [ { kind: KIND_CPU count: 2 }, { kind: KIND_GPU gpus: [ 0, 1 ] } ]
            optimization { graph { level: 1 } }
            dynamic_batching { default_queue_policy { max_queue_size: 7 default_timeout_microseconds: 250 } }
            parameters: { key: "k" value: { string_value: "say \\"v\\"" } }
            model_transaction_policy { decoupled: true }
            default_model_filename: "net.onnx"
            metric_tags: { key: "team" value: "search" }
            model_metrics { metric_control [ {
              metric_identifier { family: "longshore_request_duration_seconds" }
              histogram_options { buckets: [ 0.5, 1.25 ] }
            } ] }
            """;

    private static final String LEAST = """
            backend: "java"
            input [ { name: "I" data_type: TYPE_INT64 dims: 4 } ]
            output [ { name: "O" data_type: TYPE_BOOL dims: 4 } ]
            """;

    private static ModelConfig read(String text) throws Exception {
        return new ModelConfigReader().read("m", text, "config.pbtxt").config().build();
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(ConfigJson.of(read(text)));
    }

    @Test
    void message_readsAsTheConfigurationThatItWasWrittenFrom() throws Exception {
        for (String text : new String[] {FULL, LEAST}) {
            ModelConfig config = read(text);
            String written = TextFormat.printer().printToString(ModelConfigWriter.message(config));

            assertThat(read(written))
                    .usingRecursiveComparison()
                    .ignoringFields("stated")
                    .isEqualTo(config);
        }
    }

    @Test
    void json_hasNamesOfTheSchemaAndNumbersAsNumbers() throws Exception {
        JsonNode json = json(FULL);

        assertThat(json.at("/input/0").toString())
                .isEqualTo("{\"name\":\"I\",\"data_type\":\"TYPE_FP32\",\"format\":\"FORMAT_NONE\",\"dims\":[-1,3],"
                        + "\"reshape\":{\"shape\":[-1,1,3]},\"is_shape_tensor\":false,\"allow_ragged_batch\":false,"
                        + "\"optional\":true,\"is_non_linear_format_io\":false}");
        assertThat(json.at("/version_policy/specific/versions").toString()).isEqualTo("[1,3]");
        assertThat(json.at("/dynamic_batching/default_queue_policy/default_timeout_microseconds")
                        .asLong())
                .isEqualTo(250);
        assertThat(json.at("/parameters/k/string_value").asText()).isEqualTo("say \"v\"");
        assertThat(json.at("/instance_group/1/name").asText()).isEqualTo("m_1");
    }

    @Test
    void json_showsDefaultsButNotWhatIsAbsent() throws IOException, Exception {
        JsonNode json = json(LEAST);

        assertThat(json.get("max_batch_size").asInt(-1)).isZero();
        assertThat(json.get("platform").asText("?")).isEmpty();
        assertThat(json.get("metric_tags").isObject()).isTrue();
        assertThat(json.at("/version_policy/latest/num_versions").asInt()).isEqualTo(1);
        assertThat(json.has("dynamic_batching")).isFalse();
        assertThat(json.has("optimization")).isFalse();
    }
}
