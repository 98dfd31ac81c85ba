package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.Ensemble;
import io.longshore.model.Ensemble.Step;
import io.longshore.schedule.EnsembleFlow.Run;
import io.longshore.schedule.EnsembleFlow.Value;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The data flow by itself, tensor by tensor. */
class EnsembleFlowTest {
    private final CountingAllocator allocator = new CountingAllocator();

    private static Step step(String model, String from, String to) {
        return Step.of(model, Map.of("I", from), Map.of("O", to));
    }

    private Tensor tensor(String name, float value) {
        return Tensors.ofFloats(allocator, name, Shape.of(1), value);
    }

    private EnsembleFlow begun(List<String> outputs, Step... steps) {
        EnsembleFlow flow = new EnsembleFlow(new EnsemblePlan(Ensemble.of(steps), outputs));
        flow.begin(List.of(new Value("IN", tensor("IN", 1), false)));
        return flow;
    }

    private static Run only(EnsembleFlow flow) {
        List<Run> ready = flow.takeReady();
        assertThat(ready).hasSize(1);
        return ready.get(0);
    }

    private static float value(Value value) {
        return Tensors.floats(Objects.requireNonNull(value.tensor()))[0];
    }

    private static List<Value> answer(EnsembleFlow flow) {
        return Objects.requireNonNull(flow.pollAnswer(), "an answer");
    }

    @Test
    void tensor_isReleasedWithItsLastTaker() {
        EnsembleFlow flow = begun(List.of("OUT"), step("a", "IN", "T"), step("b", "T", "OUT"));
        Run a = only(flow);
        assertThat(allocator.live()).isEqualTo(1);
        a.drop();
        assertThat(allocator.live()).as("nobody else takes the input").isZero();
        assertThat(flow.respond(a, List.of(tensor("O", 2)), false, false)).isTrue();
        flow.end(a);
        Run b = only(flow);
        assertThat(b.inputs()).extracting(Value::name).containsExactly("I");
        b.drop();
        flow.respond(b, List.of(tensor("O", 3)), false, false);
        assertThat(flow.isOver()).isFalse();
        flow.end(b);

        assertThat(flow.isOver()).isTrue();
        List<Value> answer = answer(flow);
        assertThat(answer).extracting(EnsembleFlowTest::value).containsExactly(3f);
        answer.forEach(Value::release);
        assertThat(allocator.live()).isZero();
    }

    @Test
    void outputsThatNobodyTakes_areNotKept() {
        EnsembleFlow flow = begun(
                List.of("OUT"),
                Step.of("a", Map.of("I", "IN"), Map.of("O", "OUT", "P", "SPARE")),
                step("b", "SPARE", "UNWANTED"));
        Run a = only(flow);
        a.drop();
        flow.respond(a, List.of(tensor("O", 1), tensor("P", 2), tensor("UNKNOWN", 3)), false, false);
        flow.end(a);

        assertThat(flow.takeReady()).as("step b gives nothing that is wanted").isEmpty();
        assertThat(allocator.live()).isEqualTo(1);
        flow.abort();
        assertThat(allocator.live()).isZero();
        assertThat(flow.pollAnswer()).isNull();
    }

    @Test
    void responsesOfADecoupledStep_stayInOrderAndApart() {
        EnsembleFlow flow = begun(
                List.of("LEFT", "RIGHT"),
                Step.of("many", Map.of("I", "IN"), Map.of("O", "T")),
                step("l", "T", "LEFT"),
                step("r", "T", "RIGHT"));
        Run many = only(flow);
        many.drop();
        flow.respond(many, List.of(tensor("O", 1)), false, true);
        List<Run> first = flow.takeReady();
        flow.respond(many, List.of(tensor("O", 2)), false, true);
        flow.end(many);
        assertThat(flow.takeReady()).as("both steps are busy with the first").isEmpty();
        pass(flow, first.get(1));
        Run secondRight = only(flow);
        pass(flow, secondRight);
        assertThat(flow.pollAnswer()).as("the left is missing").isNull();
        pass(flow, first.get(0));
        pass(flow, only(flow));

        for (float expected : new float[] {1, 2}) {
            List<Value> answer = answer(flow);
            assertThat(answer).extracting(EnsembleFlowTest::value).containsExactly(expected, expected);
            answer.forEach(Value::release);
        }
        assertThat(flow.isOver()).isTrue();
        assertThat(allocator.live()).isZero();
    }

    /** Answers a run with its input. */
    private static void pass(EnsembleFlow flow, Run run) {
        Tensor input = Objects.requireNonNull(run.inputs().get(0).tensor());
        flow.respond(run, List.of(input.renamed("O")), false, false);
        flow.end(run);
        run.drop();
    }

    @Test
    void outputThatIsLeftOut_isLeftOutOfWhatFollows() {
        EnsembleFlow flow = begun(
                List.of("OUT"),
                Step.of("a", Map.of("I", "IN"), Map.of("O", "T", "P", "U")),
                Step.of("b", Map.of("I", "T", "J", "U"), Map.of("O", "OUT")));
        Run a = only(flow);
        a.drop();
        flow.respond(a, List.of(tensor("O", 1)), false, false);
        flow.end(a);
        Run b = only(flow);

        assertThat(b.inputs().stream().filter(input -> input.tensor() == null).map(Value::name))
                .containsExactly("J");
        b.drop();
        flow.abort();
        assertThat(allocator.live()).isZero();
    }

    @Test
    void tooManyResponsesInFrontOfAStep_areRefused() {
        EnsembleFlow flow = begun(List.of("OUT"), step("many", "IN", "T"), step("b", "T", "OUT"));
        Run many = only(flow);
        many.drop();
        for (int i = 0; i < EnsembleFlow.MOST_WAITING; i++) {
            assertThat(flow.respond(many, List.of(tensor("O", i)), false, true)).isTrue();
        }

        assertThat(flow.respond(many, List.of(tensor("O", 0)), false, true)).isFalse();
        flow.abort();
        assertThat(allocator.live()).isZero();
        assertThat(flow.respond(many, List.of(tensor("O", 0)), false, true))
                .as("dropped")
                .isTrue();
        assertThat(allocator.live()).isZero();
    }
}
