package io.longshore.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.tensor.Tensor;
import java.util.List;

/** Holds what a codec read against what was written. */
public final class SameTensors {
    private SameTensors() {}

    /** Checks names, types, shapes and bytes, in order. */
    public static void check(List<Tensor> actual, List<Tensor> expected, long seed) {
        assertThat(actual).as("seed %s", seed).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).name()).isEqualTo(expected.get(i).name());
            assertThat(actual.get(i).type()).isEqualTo(expected.get(i).type());
            assertThat(actual.get(i).shape()).isEqualTo(expected.get(i).shape());
            assertThat(actual.get(i).buffer())
                    .as("seed %s", seed)
                    .isEqualTo(expected.get(i).buffer());
        }
    }
}
