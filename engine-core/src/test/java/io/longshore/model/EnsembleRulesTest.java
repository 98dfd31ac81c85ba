package io.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.Ensemble.Step;
import io.longshore.tensor.DataType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnsembleRulesTest {
    private static ModelConfig.Builder ensemble(Step... steps) {
        return ModelConfig.builder("e")
                .platform("ensemble")
                .inputs(List.of(ModelInput.of("IN", DataType.FP32, 1L)))
                .outputs(List.of(ModelOutput.of("OUT", DataType.FP32, 1L)))
                .ensemble(Ensemble.of(steps));
    }

    private static Step step(String from, String to) {
        return Step.of("m", Map.of("I", from), Map.of("O", to));
    }

    private static List<String> problems(Step... steps) {
        return EnsembleRules.problems(ensemble(steps));
    }

    @Test
    void stepsInAnyOrder_areRight() throws Exception {
        assertThat(problems(step("b", "OUT"), step("IN", "a"), step("a", "b"))).isEmpty();
        assertThat(ensemble(step("IN", "OUT")).build().backend()).isEmpty();
    }

    @Test
    void wrongEnsemble_isNoConfiguration() {
        assertThatThrownBy(() -> ensemble(step("IN", "a")).build())
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining("ensemble output 'OUT' for ensemble 'e' is not used")
                .hasMessageContaining("ensemble tensor 'a' is unused in ensemble 'e'");
    }

    @Test
    void tensorFromNowhere_isNamed() {
        assertThat(problems(Step.of("m", Map.of("I", "IN", "J", "ghost"), Map.of("O", "OUT"))))
                .containsExactly(
                        "ensemble tensor 'ghost', which step 0 takes, is neither an input of ensemble 'e' nor the"
                                + " output of a step");
    }

    @Test
    void tensorThatIsGivenTwice_isNamed() {
        assertThat(problems(step("IN", "OUT"), step("IN", "OUT")))
                .containsExactly("ensemble tensor 'OUT' can appear in an output map only once for ensemble 'e' step 1");
        assertThat(problems(Step.of("m", Map.of("I", "IN"), Map.of("O", "OUT", "P", "OUT"))))
                .containsExactly("ensemble tensor 'OUT' can appear in an output map only once for ensemble 'e' step 0");
        assertThat(problems(step("IN", "IN"), step("IN", "OUT")))
                .containsExactly(
                        "ensemble tensor 'IN' is an input of ensemble 'e' and cannot come out of step 0 too; give"
                                + " one of them another name");
    }

    @Test
    void stepsThatWaitForEachOther_areNamed() {
        assertThat(problems(
                        Step.of("m", Map.of("I", "IN", "J", "b"), Map.of("O", "a")), step("a", "b"), step("b", "OUT")))
                .containsExactly("the data flow of ensemble 'e' has a cycle: the steps [0, 1, 2] wait for each other's"
                        + " outputs");
    }

    @Test
    void outputThatIsOnlyTaken_isNotWritten() {
        assertThat(problems(step("OUT", "a"), Step.of("m", Map.of("I", "IN", "J", "a"), Map.of("O", "b"))))
                .contains(
                        "output 'OUT' for ensemble 'e' is not written",
                        "ensemble tensor 'b' is unused in ensemble 'e'");
    }

    @Test
    void inputThatNobodyTakes_isNamed() {
        ModelConfig.Builder config = ensemble(step("IN", "OUT"))
                .inputs(List.of(ModelInput.of("IN", DataType.FP32, 1L), ModelInput.of("SPARE", DataType.FP32, 1L)));

        assertThat(EnsembleRules.problems(config))
                .containsExactly("ensemble input 'SPARE' for ensemble 'e' is not used");
    }
}
