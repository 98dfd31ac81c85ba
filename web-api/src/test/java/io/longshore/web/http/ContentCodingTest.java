package io.longshore.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentCodingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip | GZIP",
                "deflate | DEFLATE",
                "GZip | GZIP",
                "gzip, deflate | GZIP",
                "deflate, gzip | GZIP",
                "gzip;q=0.5, deflate;q=0.8 | DEFLATE",
                "gzip;q=0.5 | GZIP",
                "gzip;q=0 | IDENTITY",
                "gzip;q=0, deflate | DEFLATE",
                "identity | IDENTITY",
                "identity, gzip | IDENTITY",
                "identity;q=0.5, gzip | GZIP",
                "identity;q=0.9, gzip;q=0.8 | IDENTITY",
                "* | IDENTITY",
                "br, zstd | IDENTITY",
                "br, gzip;q=0.001 | GZIP",
                "gzip; q=0.7 | GZIP",
                "gzip;q=2 | IDENTITY",
                "gzip;q=-1 | IDENTITY",
                "gzip;q=abc | IDENTITY",
                "gzip;q=1.000, deflate;q=1 | GZIP",
                ",,;q=1, gzip | GZIP",
                "'' | IDENTITY"
            })
    void acceptEncoding_choosesTheHeaviestNamedCoding(String header, ContentCoding expected) {
        assertThat(ContentCoding.ofAcceptEncoding(header)).isEqualTo(expected);
    }

    @Test
    void noAcceptEncoding_isIdentity() {
        assertThat(ContentCoding.ofAcceptEncoding(null)).isEqualTo(ContentCoding.IDENTITY);
    }

    @ParameterizedTest
    @CsvSource({"gzip, GZIP", "x-gzip, GZIP", "deflate, DEFLATE", "identity, IDENTITY", "' GZIP ', GZIP", "'', IDENTITY"
    })
    void contentEncoding_isRecognised(String header, ContentCoding expected) {
        assertThat(ContentCoding.ofContentEncoding(header)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"br", "'gzip, gzip'", "gzip;q=1", "zstd"})
    void otherContentEncoding_isNone(String header) {
        assertThat(ContentCoding.ofContentEncoding(header)).isEmpty();
    }

    @Test
    void noContentEncoding_isIdentity() {
        assertThat(ContentCoding.ofContentEncoding(null)).contains(ContentCoding.IDENTITY);
    }
}
