package io.longshore.engine;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.model.Ensemble;
import io.longshore.model.Ensemble.Step;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Ensembles for tests, of models with FP32 tensors of any length. */
final class Ensembles {
    private Ensembles() {}

    /** An ensemble from {@code INPUT0} to {@code OUTPUT0}. */
    static Consumer<ModelConfig.Builder> of(Step... steps) {
        return of(Ensemble.of(steps));
    }

    /** An ensemble from {@code INPUT0} to {@code OUTPUT0}. */
    static Consumer<ModelConfig.Builder> of(Ensemble ensemble) {
        return config -> config.platform(Ensemble.PLATFORM)
                .inputs(List.of(input("INPUT0")))
                .outputs(List.of(output("OUTPUT0")))
                .ensemble(ensemble);
    }

    /** The models one behind the other, each from {@code INPUT0} to {@code OUTPUT0}. */
    static Consumer<ModelConfig.Builder> chain(String... models) {
        Step[] steps = new Step[models.length];
        for (int i = 0; i < models.length; i++) {
            String from = i == 0 ? "INPUT0" : "between" + i;
            String to = i == models.length - 1 ? "OUTPUT0" : "between" + (i + 1);
            steps[i] = step(models[i], from, to);
        }
        return of(steps);
    }

    /** One step, a model that gives these tensors from {@code INPUT0}. */
    static Ensemble around(String model, List<String> outputs) {
        Map<String, String> same = new LinkedHashMap<>();
        outputs.forEach(output -> same.put(output, output));
        return Ensemble.of(Step.of(model, Map.of("INPUT0", "INPUT0"), same));
    }

    /** A call of a model from {@code INPUT0} to {@code OUTPUT0}. */
    static Step step(String model, String from, String to) {
        return Step.of(model, Map.of("INPUT0", from), Map.of("OUTPUT0", to));
    }

    /** An input of any length. */
    static ModelInput input(String name) {
        return ModelInput.of(name, DataType.FP32, -1L);
    }

    /** An output of any length. */
    static ModelOutput output(String name) {
        return ModelOutput.of(name, DataType.FP32, -1L);
    }

    /** Adds up all inputs, element by element, and {@code plus} to each; the same for every output. */
    static FakeBehaviour adding(float plus) {
        return item -> item.respond(sums(item, plus), Parameters.NONE, true);
    }

    /** What {@link #adding} answers, as new references. */
    static List<Tensor> sums(ExecutionItem item, float plus) {
        float[] sum = Tensors.floats(item.inputs().get(0));
        for (int i = 0; i < sum.length; i++) {
            sum[i] = plus;
            for (Tensor input : item.inputs()) {
                sum[i] += Tensors.floats(input)[i];
            }
        }
        return item.outputs().stream()
                .map(name -> Tensors.ofFloats(
                        item.context().allocator(), name, item.inputs().get(0).shape(), sum))
                .toList();
    }

    /** Gives so many responses, the i-th the first input plus i, and then ends. */
    static FakeBehaviour counting(int count) {
        return item -> {
            for (int i = 0; i < count; i++) {
                item.respond(sums(item, i), Parameters.NONE, false);
            }
            item.respond(List.of(), Parameters.NONE, true);
        };
    }

    /** Fails with a reason. */
    static FakeBehaviour failing(String reason) {
        return item -> item.fail(new InferenceException(ErrorCode.MODEL_FAILED, reason));
    }
}
