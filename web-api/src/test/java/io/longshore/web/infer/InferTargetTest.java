package io.longshore.web.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.ModelSelector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferTargetTest {
    @Test
    void pathWithoutVersion_wantsTheLatest() {
        assertThat(InferTarget.of("/v2/models/simple/infer", InferTarget.INFER))
                .isEqualTo(ModelSelector.latest("simple"));
    }

    @Test
    void pathWithVersion_wantsIt() {
        assertThat(InferTarget.of("/v2/models/simple/versions/12/infer", InferTarget.INFER))
                .isEqualTo(ModelSelector.exact("simple", 12));
    }

    @Test
    void encodedName_isDecoded() {
        assertThat(InferTarget.of("/v2/models/a%20b%2Bc+d/infer", InferTarget.INFER))
                .isEqualTo(ModelSelector.latest("a b+c+d"));
    }

    @Test
    void modelCalledVersions_isNoVersion() {
        assertThat(InferTarget.of("/v2/models/versions/infer", InferTarget.INFER))
                .isEqualTo(ModelSelector.latest("versions"));
    }

    @Test
    void otherEnds_areToldApart() {
        assertThat(InferTarget.of("/v2/models/m/versions/3/generate", InferTarget.GENERATE))
                .isEqualTo(ModelSelector.exact("m", 3));
        assertThat(InferTarget.of("/v2/models/m/generate_stream", InferTarget.GENERATE_STREAM))
                .isEqualTo(ModelSelector.latest("m"));
        assertThat(InferTarget.of("/v2/models/m/generate_stream", InferTarget.GENERATE))
                .isNull();
        assertThat(InferTarget.of("/v2/models/generate", InferTarget.GENERATE)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/v2/models/infer",
                "/v2/models//infer",
                "/v2/models/simple",
                "/v2/models/simple/ready",
                "/v2/models/simple/infer/",
                "/v2/models/simple/versions/infer",
                "/v2/models/simple/versions//infer",
                "/v2/models/simple/versions/x/infer",
                "/v2/models/simple/versions/0/infer",
                "/v2/models/simple/versions/-1/infer",
                "/v2/models/simple/versions/99999999999999999999/infer",
                "/v2/models/simple/other/1/infer",
                "/v2/models/a/b/versions/1/infer",
                "/v2/models/%zz/infer",
                "/v1/models/simple/infer"
            })
    void otherPath_isNotOurs(String path) {
        assertThat(InferTarget.of(path, InferTarget.INFER)).isNull();
    }
}
