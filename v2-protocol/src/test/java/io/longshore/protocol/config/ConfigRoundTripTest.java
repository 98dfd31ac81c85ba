package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.protocol.config.proto.ModelConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a configuration states comes out as it was stated, on whichever way it came in. */
class ConfigRoundTripTest {
    @RepeatedTest(200)
    void anyServedConfiguration_readsOutEqual() throws Exception {
        long seed = System.nanoTime();
        ModelConfig stated = new RandomConfig(new Random(seed)).next();
        String text = TextFormat.printer().printToString(stated);
        io.longshore.model.ModelConfig config = read(text);

        assertThat(ModelConfigWriter.message(config)).as("seed %d", seed).isEqualTo(stated);
        String json = new String(ConfigJson.of(config), StandardCharsets.UTF_8);
        var again = new ModelConfigReader().readOverride("m", json).config().build();
        assertThat(ModelConfigWriter.message(again))
                .as("seed %d, by JSON", seed)
                .isEqualTo(stated);
    }

    @Test
    void completedConfiguration_keepsWhatWasStatedOfATensor() throws Exception {
        var config = new ModelConfigReader()
                .read(
                        "m",
                        "backend: 'b' input { name: 'I' data_type: TYPE_FP32 format: FORMAT_NCHW dims: [ 3, -1, -1 ] }",
                        "config.pbtxt")
                .config();
        config.inputs(List.of(
                io.longshore.model.ModelInput.of("NEW", io.longshore.tensor.DataType.BOOL, 1L),
                io.longshore.model.ModelInput.of("I", io.longshore.tensor.DataType.FP32, 3L, 8L, 8L)));
        config.outputs(List.of(io.longshore.model.ModelOutput.of("O", io.longshore.tensor.DataType.FP32, 1L)));

        ModelConfig written = ModelConfigWriter.message(config.build());

        assertThat(written.getInput(0).getFormatValue()).isZero();
        assertThat(written.getInput(1).getFormat().name()).isEqualTo("FORMAT_NCHW");
        assertThat(written.getInput(1).getDimsList()).containsExactly(3L, 8L, 8L);
        assertThat(new String(ConfigJson.of(config.build()), StandardCharsets.UTF_8))
                .contains("\"format\":\"FORMAT_NCHW\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            format: FORMAT_NHWC dims: [ 224, 224 ]      | format FORMAT_NHWC is for 3 dims besides the batch, there are 2
            format: FORMAT_NCHW dims: [ 1, 3, 224, 224 ] | format FORMAT_NCHW is for 3 dims besides the batch, there are 4
            format: 9 dims: [ 3, 224, 224 ]             | format is unknown; use FORMAT_NONE, FORMAT_NHWC or FORMAT_NCHW
            """)
    void wrongFormat_isRefused(String fields, String problem) {
        assertThatThrownBy(() -> read("backend: 'b' max_batch_size: 2 input { name: 'I' data_type: TYPE_FP32 " + fields
                        + " } output { name: 'O' data_type: TYPE_FP32 dims: 1 }"))
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining("config.pbtxt:1: input 'I': " + problem);
    }

    private static io.longshore.model.ModelConfig read(String text) throws InvalidModelConfigException {
        return new ModelConfigReader().read("m", text, "config.pbtxt").config().build();
    }
}
