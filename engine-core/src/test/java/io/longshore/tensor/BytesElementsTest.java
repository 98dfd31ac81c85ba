package io.longshore.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesElementsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyElements_comeBack(long seed) {
        Random random = new Random(seed);
        List<byte[]> elements = new ArrayList<>();
        for (int n = random.nextInt(50); n > 0; n--) {
            byte[] element = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300)];
            random.nextBytes(element);
            elements.add(element);
        }
        HostMemory memory = BytesElements.encode(elements, MemoryAllocator.HEAP);

        assertThat(BytesElements.count(memory.buffer())).isEqualTo(elements.size());
        assertThat(BytesElements.decode(memory.buffer()))
                .as("seed " + seed)
                .usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(elements);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyCutInsideAnElement_isRefused(long seed) {
        HostMemory memory =
                BytesElements.encode(List.of(new byte[(int) seed], new byte[0], new byte[5]), MemoryAllocator.HEAP);
        List<Integer> ends = List.of(0, 4 + (int) seed, 8 + (int) seed, 17 + (int) seed);
        for (int cut = 0; cut <= memory.byteSize(); cut++) {
            ByteBuffer bytes = memory.buffer().limit(cut);
            if (ends.contains(cut)) {
                assertThat(BytesElements.count(bytes)).isEqualTo(ends.indexOf(cut));
            } else {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> BytesElements.count(bytes))
                        .withMessageContaining("incomplete string");
                assertThatIllegalArgumentException().isThrownBy(() -> BytesElements.decode(bytes));
            }
        }
    }

    @Test
    void lengthBeyondTwoGiB_isReadAsUnsigned() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, 0});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> BytesElements.count(bytes))
                .withMessageContaining("4294967295");
        assertThat(bytes.position()).as("the caller's buffer stays as it is").isZero();
    }
}
