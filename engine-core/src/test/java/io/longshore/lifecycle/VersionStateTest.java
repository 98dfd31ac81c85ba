package io.longshore.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VersionStateTest {
    private static final Map<VersionState, Set<VersionState>> TABLE = Map.of(
            VersionState.COLD, Set.of(VersionState.LOADING),
            VersionState.LOADING, Set.of(VersionState.READY, VersionState.FAILED),
            VersionState.READY, Set.of(VersionState.DRAINING),
            VersionState.DRAINING, Set.of(VersionState.UNLOADED, VersionState.LOADING),
            VersionState.UNLOADED, Set.of(VersionState.LOADING),
            VersionState.FAILED, Set.of(VersionState.LOADING));

    @ParameterizedTest
    @EnumSource(VersionState.class)
    void transitions_areThoseOfTheTable(VersionState from) {
        for (VersionState to : VersionState.values()) {
            if (TABLE.getOrDefault(from, Set.of()).contains(to)) {
                assertThat(from.become(to)).isEqualTo(to);
            } else {
                assertThatIllegalStateException()
                        .isThrownBy(() -> from.become(to))
                        .withMessage("a version that is " + from + " cannot become " + to);
            }
        }
    }
}
