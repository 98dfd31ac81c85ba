package io.longshore.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestPathTest {
    @ParameterizedTest
    @CsvSource({
        "/v2/models/m/infer, /v2/models/m/infer",
        "/v2;x/models;y=1;z/m/infer;, /v2/models/m/infer",
        "/v1/models/m;a:predict, /v1/models/m",
        "/v2/models/m/infer/, /v2/models/m/infer",
        "/v2/models/m/infer/;x, /v2/models/m/infer",
        "/v2/models/m%3Bx/infer, /v2/models/m%3Bx/infer",
        "/v2//models/./m, /v2//models/./m",
        "/, /",
        "'', ''",
    })
    void path_isReadAsJaxRsReadsIt(String sent, String plain) {
        assertThat(RequestPath.plain(sent)).isEqualTo(plain);
    }
}
