package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.TraceControl.Change;
import io.longshore.inference.TraceControl.Field;
import io.longshore.trace.TraceLevel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceRequestsTest {
    private static Change json(String body) {
        return TraceRequests.json(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everySetting_isRead() {
        assertThat(json("""
                        {"trace_level":["TIMESTAMPS","TENSORS"],"trace_rate":"100","trace_count":"-1","log_frequency":"50",
                         "trace_mode":"triton","other":{"a":[1,2]}}"""))
                .isEqualTo(new Change(
                        Field.of(Set.of(TraceLevel.TIMESTAMPS, TraceLevel.TENSORS)),
                        Field.of(100L),
                        Field.of(-1L),
                        Field.of(50L)));
    }

    @Test
    void nullAndNothing_clearAndKeep() {
        assertThat(json("{\"trace_level\":null,\"trace_rate\":null}"))
                .isEqualTo(new Change(Field.cleared(), Field.cleared(), Field.kept(), Field.kept()));
        assertThat(json("{}")).isEqualTo(Change.NONE);
        assertThat(json("")).isEqualTo(Change.NONE);
    }

    @Test
    void off_isNoLevel() {
        assertThat(json("{\"trace_level\":[\"OFF\"]}").levels()).isEqualTo(Field.of(Set.of()));
        assertThat(json("{\"trace_level\":[]}").levels()).isEqualTo(Field.cleared());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"trace_level\":[\"OFF\",\"TENSORS\"]} | Expect only one trace level 'OFF' is specified",
                "{\"trace_level\":[\"ALL\"]} | Unable to parse 'trace_level', got: ALL, which is none of OFF, TIMESTAMPS and TENSORS",
                "{\"trace_level\":\"OFF\"} | Unable to parse 'trace_level': attempt to access JSON non-array as array",
                "{\"trace_level\":[1]} | Unable to parse 'trace_level': attempt to access JSON non-string as string",
                "{\"trace_rate\":5} | Unable to parse 'trace_rate': attempt to access JSON non-string as string",
                "{\"trace_rate\":\"x\"} | Unable to parse 'trace_rate', got: x",
                "{\"trace_rate\":\"1.5\"} | Unable to parse 'trace_rate', got: 1.5",
                "{\"trace_rate\":\"\"} | Unable to parse 'trace_rate', got:",
                "{\"trace_rate\":\"-1\"} | Unable to parse 'trace_rate', value is out of range [ 0, 4294967295 ], got: -1",
                "{\"trace_rate\":\"99999999999999999999\"} | Unable to parse 'trace_rate', value is out of range [ 0, 4294967295 ], got: 99999999999999999999",
                "{\"trace_count\":\"-2\"} | Unable to parse 'trace_count', value is out of range [ -1, 2147483647 ], got: -2",
                "{\"log_frequency\":\"x\"} | Unable to parse 'log_frequency', got: x",
                "{\"trace_rate\":\"1\",\"trace_rate\":\"2\"} | field 'trace_rate' is given twice in the same object; give it once",
                "[] | the body must be an object such as {\"trace_rate\":\"100\"}"
            })
    void invalidBody_saysWhatIsWrong(String body, String message) {
        assertThatThrownBy(() -> json(body))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .extracting(Throwable::getMessage)
                .asString()
                .isEqualToIgnoringWhitespace(message);
    }

    @Test
    void brokenJson_isInvalid() {
        assertThatThrownBy(() -> json("{\"trace_rate\":"))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("failed to parse the request JSON buffer");
    }

    @Test
    void file_cannotBeChanged() {
        for (String value : List.of("\"/etc/passwd\"", "null")) {
            assertThatThrownBy(() -> json("{\"trace_file\":" + value + "}"))
                    .isInstanceOfSatisfying(
                            InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                    .hasMessage("trace file location can not be updated through network protocol");
        }
    }

    @Test
    void listsOfGrpc_areRead() {
        assertThat(TraceRequests.change(Map.of("trace_rate", List.of("3"), "trace_count", List.of())))
                .isEqualTo(new Change(Field.kept(), Field.of(3L), Field.cleared(), Field.kept()));
        assertThatThrownBy(() -> TraceRequests.change(Map.of("trace_rate", List.of("3", "4"))))
                .hasMessage("expect only 1 value for 'trace_rate'");
    }
}
