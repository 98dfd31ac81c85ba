package io.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LabelsTest {
    @Test
    void lines_areLabelsInTheirOrder() {
        assertThat(labels("cat\ndog\n", 3)).containsExactly("cat", "dog", "");
    }

    @Test
    void lastLineWithoutItsEnd_counts() {
        assertThat(labels("cat\ndog", 3)).containsExactly("cat", "dog", "");
    }

    @Test
    void emptyLine_isAClassWithoutLabel() {
        assertThat(labels("\ncat\n\ndog", 5)).containsExactly("", "cat", "", "dog", "");
    }

    @Test
    void linesOfWindows_loseTheirCarriageReturn() {
        assertThat(labels("cat\r\n\r\ndog\r\n", 3)).containsExactly("cat", "", "dog");
    }

    @Test
    void otherCharacters_areKept() {
        assertThat(labels(" große Katze: 1\t\nсобака", 2)).containsExactly(" große Katze: 1\t", "собака");
    }

    @Test
    void noText_hasNoLabels() {
        assertThat(labels("", 1)).containsExactly("");
    }

    @Test
    void moreLinesThanUsual_areAllThere() {
        assertThat(labels("a\n".repeat(1000) + "last", 1002)[1000]).isEqualTo("last");
    }

    private static String[] labels(String text, int count) {
        Labels labels = Labels.ofLines(text.getBytes(StandardCharsets.UTF_8));
        String[] all = new String[count];
        for (int i = 0; i < count; i++) {
            ByteBuffer out = ByteBuffer.allocate(labels.byteSize(i));
            labels.write(i, out);
            assertThat(out.hasRemaining()).isFalse();
            all[i] = new String(out.array(), StandardCharsets.UTF_8);
        }
        return all;
    }
}
