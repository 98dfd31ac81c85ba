package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownKeysTest {
    @ParameterizedTest
    @CsvSource({
        "longshore.max-que-size, longshore.max-queue-size",
        "longshore.http-port, longshore.http.port",
        "longshore.modelrepository, longshore.model-repository",
        "LONGSHORE_HTTP_PROT, LONGSHORE_HTTP_PORT",
    })
    void misspeltKey_namesTheNearestOne(String given, String meant) {
        assertThat(UnknownKeys.warnings(List.of(given)))
                .containsExactly("'" + given + "' is no setting and has no effect; did you mean '" + meant + "'?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "longshore.http.port",
                "LONGSHORE_HTTP_PORT",
                "LONGSHORE_SERVICE_HOST",
                "LONGSHORE_PORT_8000_TCP_ADDR",
                "java.version",
                "PATH"
            })
    void knownOrForeignName_givesNoWarning(String name) {
        assertThat(UnknownKeys.warnings(List.of(name))).isEmpty();
    }

    @Test
    void variableOfTheLauncherAndItsDottedName_giveNoWarning() {
        assertThat(UnknownKeys.warnings(List.of("LONGSHORE_STATE_DIR", "longshore.state.dir")))
                .isEmpty();
    }

    @Test
    void dottedNameListedBesideItsEnvironmentVariable_givesNoWarning() {
        assertThat(UnknownKeys.warnings(List.of("longshore.max.queue.size", "LONGSHORE_MAX_QUEUE_SIZE")))
                .isEmpty();
    }

    @Test
    void dottedNameOnItsOwn_givesAWarning() {
        assertThat(UnknownKeys.warnings(List.of("longshore.max.queue.size"))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"kitten,sitting,3", "'',abc,3", "abc,abc,0", "flaw,lawn,2"})
    void editDistance_countsLetters(String from, String to, int distance) {
        assertThat(UnknownKeys.editDistance(from, to)).isEqualTo(distance);
    }
}
