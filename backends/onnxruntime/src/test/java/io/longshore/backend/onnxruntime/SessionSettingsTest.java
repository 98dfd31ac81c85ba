package io.longshore.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.spi.BackendException;
import io.longshore.tensor.DataType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionSettingsTest {
    private static final int CORES = 8;

    @Test
    void of_nothingStated_sharesTheCoresAmongTheInstances() throws Exception {
        SessionSettings settings = settings(Map.of(), config(), 3);

        assertThat(settings.intraOpThreads()).isEqualTo(2);
        assertThat(settings.interOpThreads()).isEqualTo(1);
        assertThat(settings.executionMode()).isEqualTo(ExecutionMode.SEQUENTIAL);
        assertThat(settings.level()).isEqualTo(OptLevel.ALL_OPT);
        assertThat(settings.entries()).containsEntry("session.intra_op.allow_spinning", "0");
        assertThat(settings(Map.of(), config(), 100).intraOpThreads()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1,8", "2,4", "3,2", "8,1"})
    void threadsByDefault_areNoMoreThanCores(int instances, int threads) throws Exception {
        SessionSettings settings = settings(Map.of(), config(), instances);

        assertThat(settings.intraOpThreads()).isEqualTo(threads);
        assertThat(settings.overcommitment("m", instances, CORES)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2,5,10", "2,0,16", "9,1,9", "100,8,800"})
    void moreThreadsThanCores_areSaidWithWhatToChange(int instances, int threads, int wanted) throws Exception {
        SessionSettings settings =
                settings(Map.of(), config().parameter("intra_op_thread_count", String.valueOf(threads)), instances);

        assertThat(settings.overcommitment("m", instances, CORES))
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("model 'm': " + instances + " instances with ")
                        .contains("may want " + wanted + " cores, and there are 8")
                        .contains("instance_group.count times intra_op_thread_count be at most 8"));
    }

    @Test
    void globalThreads_countOnce() throws Exception {
        SessionSettings settings =
                settings(Map.of("enable-global-threadpool", "1"), config().parameter("intra_op_thread_count", "8"), 8);

        assertThat(settings.overcommitment("m", 8, CORES)).isEmpty();
        assertThat(settings.overcommitment("m", 9, CORES)).isPresent();
    }

    @Test
    void of_parameters_comeBeforeTheServersSettings() throws Exception {
        Map<String, String> server = Map.of("intra_op_thread_count", "3", "inter_op_thread_count", "5");
        ModelConfig.Builder config = config().parameter("intra_op_thread_count", "7");

        assertThat(settings(server, config, 1).intraOpThreads()).isEqualTo(7);
        assertThat(settings(server, config, 1).interOpThreads()).isEqualTo(5);
    }

    @Test
    void of_everyParameter_isRead() throws Exception {
        SessionSettings settings = settings(
                Map.of("enable-global-threadpool", "1"),
                config().parameter("execution_mode", "1")
                        .parameter("enable_mem_arena", "0")
                        .parameter("enable_mem_pattern", "false")
                        .parameter("memory.enable_memory_arena_shrinkage", "cpu:0")
                        .parameter("session.use_device_allocator_for_initializers", "1"),
                1);

        assertThat(settings.executionMode()).isEqualTo(ExecutionMode.PARALLEL);
        assertThat(settings.memoryArena()).contains(false);
        assertThat(settings.memoryPattern()).contains(false);
        assertThat(settings.shrinkArena()).isEqualTo("cpu:0");
        assertThat(settings.useGlobalThreadPool()).isTrue();
        assertThat(settings.entries()).containsEntry("session.use_device_allocator_for_initializers", "1");
    }

    @ParameterizedTest
    @CsvSource({"-1,BASIC_OPT", "0,ALL_OPT", "1,EXTENDED_OPT", "2,NO_OPT"})
    void of_graphLevel_isTritons(int level, OptLevel expected) throws Exception {
        assertThat(settings(Map.of(), config().graphOptimizationLevel(level), 1).level())
                .isEqualTo(expected);
    }

    @Test
    void of_severalWrongValues_namesThemAll() {
        ModelConfig.Builder wrong = config().parameter("execution_mode", "2")
                .parameter("intra_op_thread_count", "-1")
                .parameter("enable_mem_arena", "maybe")
                .graphOptimizationLevel(9);

        assertThatThrownBy(() -> settings(Map.of(), wrong, 1))
                .isInstanceOf(BackendException.class)
                .hasMessageContainingAll(
                        "execution_mode is 0 (sequential) or 1 (parallel), got '2'",
                        "intra_op_thread_count is a whole number of at least 0, got '-1'",
                        "enable_mem_arena is 0, 1, false or true, got 'maybe'",
                        "optimization.graph.level");
    }

    @Test
    void of_wrongServerSetting_namesIt() {
        assertThatThrownBy(() -> settings(Map.of("default-max-batch-size", "many"), config(), 1))
                .isInstanceOf(BackendException.class)
                .hasMessage("--backend-config=onnxruntime,default-max-batch-size is a whole number of at least 0,"
                        + " got 'many'");
    }

    private static SessionSettings settings(Map<String, String> server, ModelConfig.Builder config, int instances)
            throws Exception {
        return SessionSettings.of(config.build(), BackendSettings.of(server), instances, CORES);
    }

    private static ModelConfig.Builder config() {
        return ModelConfig.builder("m")
                .backend("onnxruntime")
                .inputs(List.of(ModelInput.of("a", DataType.FP32, 1L)))
                .outputs(List.of(ModelOutput.of("b", DataType.FP32, 1L)));
    }
}
