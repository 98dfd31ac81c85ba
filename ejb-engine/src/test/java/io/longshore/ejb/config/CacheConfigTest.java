package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheConfigTest {
    @Test
    void size_isRead() {
        assertThat(CacheConfig.parse(" local,size = 1048576 ;").byteSize()).isEqualTo(1_048_576);
        assertThat(CacheConfig.parse("local,size=0")).isEqualTo(CacheConfig.NONE);
        assertThat(CacheConfig.parse("")).isEqualTo(CacheConfig.NONE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            redis,host=localhost      | cache 'redis' is not supported by this server, which has 'local', in its own memory
            local,entries=5           | entry 'local,entries=5' is none
            local,size=1k             | entry 'local,size=1k' is none
            local,size=-1             | entry 'local,size=-1' is none
            size=5                    | entry 'size=5' is none
            local,size=1;local,size=2 | the size is given twice
            """)
    void anythingElse_isRefusedWithWhatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> CacheConfig.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }
}
