package io.longshore.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {
    @Test
    void idWithLineBreaks_cannotForgeALineOfTheLog() {
        assertThat(LogText.name("a\nERROR b\r\u0007")).isEqualTo("a?ERROR b??");
    }

    @Test
    void longId_isCut() {
        assertThat(LogText.name("x".repeat(1000))).hasSize(128);
    }

    @Test
    void messageWithLineBreaks_isKeptInOneLineWhole() {
        assertThat(LogText.oneLine("x".repeat(1000) + "\nERROR b"))
                .hasSize(1008)
                .endsWith("x?ERROR b");
    }
}
