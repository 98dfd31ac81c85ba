package io.longshore.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Direct;
import io.longshore.model.SequenceBatching.InitialState;
import io.longshore.model.SequenceBatching.State;
import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitialStatesTest {
    @TempDir
    private Path folder;

    private InitialStates states(int maxBatchSize, State state) throws Exception {
        ModelConfig config = ModelConfig.builder("m")
                .backend("fake")
                .maxBatchSize(maxBatchSize)
                .inputs(List.of(ModelInput.of("A", DataType.FP32, 1L)))
                .outputs(List.of(ModelOutput.of("B", DataType.FP32, 1L)))
                .sequenceBatching(new SequenceBatching(
                        Direct.DEFAULT, SequenceBatching.DEFAULT_MAX_IDLE, List.of(), List.of(state)))
                .build();
        return InitialStates.of(config, new ModelFiles(folder, folder.resolve("1")));
    }

    private static State of(DataType type, List<Long> dims, @Nullable InitialState initial) {
        return new State("IN", "OUT", type, dims, initial, false, false);
    }

    private State fromFile(DataType type, String content, Long... dims) throws Exception {
        Files.writeString(
                Files.createDirectories(folder.resolve("initial_state")).resolve("seed"), content);
        return of(type, List.of(dims), new InitialState("init", List.of(dims), "seed"));
    }

    @Test
    void stateWithoutInitial_isZerosWithOpenDimensionsOfOne() throws Exception {
        InitialStates states = states(4, of(DataType.FP32, List.of(-1L, 3L), null));
        Tensor state = states.tensors().get(0);

        assertThat(state.name()).isEqualTo("IN");
        assertThat(state.shape()).isEqualTo(Shape.of(1, 1, 3));
        assertThat(Tensors.floats(state)).containsExactly(0f, 0f, 0f);
        assertThat(states.byteSize()).isEqualTo(12);
    }

    @Test
    void zeroData_hasItsOwnDimensions() throws Exception {
        InitialState zeros = new InitialState("init", List.of(2L), null);
        Tensor numbers =
                states(0, of(DataType.INT32, List.of(-1L), zeros)).tensors().get(0);
        Tensor texts =
                states(0, of(DataType.BYTES, List.of(-1L), zeros)).tensors().get(0);

        assertThat(Tensors.ints(numbers)).containsExactly(0, 0);
        assertThat(Tensors.strings(texts)).containsExactly("", "");
    }

    @Test
    void dataFile_isReadAndWhatStandsBehindItLeftAlone() throws Exception {
        Tensor exact = states(0, fromFile(DataType.UINT8, "ab", 2L)).tensors().get(0);
        Tensor longer = states(1, fromFile(DataType.UINT8, "abc", 2L)).tensors().get(0);
        Tensor texts = states(0, fromFile(DataType.BYTES, "\1\0\0\0x\0\0\0\0", 2L))
                .tensors()
                .get(0);

        assertThat(exact.buffer().get(1)).isEqualTo((byte) 'b');
        assertThat(longer.shape()).isEqualTo(Shape.of(1, 2));
        assertThat(longer.byteSize()).isEqualTo(2);
        assertThat(Tensors.strings(texts)).containsExactly("x", "");
    }

    @Test
    void dataFileThatDoesNotFit_isRefused() throws Exception {
        State small = fromFile(DataType.FP32, "abc", 1L);
        assertThatThrownBy(() -> states(0, small))
                .isInstanceOf(BackendException.class)
                .hasMessage(
                        "state input 'IN': initial_state setting expects 4 bytes, but the data provided from seed only"
                                + " has 3 bytes");

        State few = fromFile(DataType.BYTES, "\1\0\0\0x\0\0\0\0", 1L);
        assertThatThrownBy(() -> states(0, few)).hasMessageContaining("has 1 elements, the file holds 2");

        State broken = fromFile(DataType.BYTES, "\7\0\0\0x", 1L);
        assertThatThrownBy(() -> states(0, broken)).hasMessageContaining("an element of 7 bytes is announced");
    }

    @Test
    void missingFile_isRefused() {
        State missing = of(DataType.FP32, List.of(1L), new InitialState("init", List.of(1L), "nothing"));

        assertThatThrownBy(() -> states(0, missing))
                .isInstanceOf(BackendException.class)
                .hasMessageContainingAll("state input 'IN'", "nothing cannot be read");
    }

    @Test
    void fileOutsideTheFolder_isRefused() throws Exception {
        Files.writeString(folder.resolve("secret"), "abcd");
        for (String path : List.of("../secret", "/etc/passwd", "..", ".", "a/../../secret")) {
            State outside = of(DataType.FP32, List.of(1L), new InitialState("init", List.of(1L), path));
            assertThatThrownBy(() -> states(0, outside))
                    .as(path)
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("must name something inside the folder");
        }
    }

    @Test
    void stateThatIsTooLarge_isRefusedBeforeItIsAllocated() {
        assertThatThrownBy(() -> states(0, of(DataType.FP32, List.of(1L << 29), null)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("needs 2 GiB or more");
        assertThatThrownBy(() -> states(0, of(DataType.FP32, List.of(1L << 40, 1L << 40), null)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("total element count");
    }
}
