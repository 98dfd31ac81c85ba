package io.longshore.protocol.config;

import io.longshore.model.RaggedBatching;
import io.longshore.model.RaggedBatching.BatchInput;
import io.longshore.model.RaggedBatching.BatchOutput;
import io.longshore.model.RaggedBatching.Kind;
import io.longshore.protocol.config.proto.ModelConfig;
import io.longshore.protocol.config.proto.ModelInput;
import io.longshore.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Turns {@code allow_ragged_batch}, {@code batch_input} and {@code batch_output} into what they stand for. What holds only
 * together with other fields is checked by the configuration. Not thread-safe; used once.
 *
 * <p>Texts as of {@code ValidateBatchIO} in Triton's {@code model_config_utils.cc}.
 */
final class RaggedMapper {
    private final ModelConfig message;
    private final ConfigLines lines;
    private final ConfigFindings findings;

    RaggedMapper(ModelConfig message, ConfigLines lines, ConfigFindings findings) {
        this.message = message;
        this.lines = lines;
        this.findings = findings;
    }

    /** What the fields say; what is wrong with them goes to the findings. */
    RaggedBatching map() {
        Set<String> inputs = message.getInputList().stream()
                .filter(ModelInput::getAllowRaggedBatch)
                .map(ModelInput::getName)
                .collect(Collectors.toSet());
        return new RaggedBatching(inputs, batchInputs(), batchOutputs());
    }

    private List<BatchInput> batchInputs() {
        List<BatchInput> inputs = new ArrayList<>();
        int count = message.getBatchInputCount();
        for (int i = 0; i < count; i++) {
            var input = message.getBatchInput(i);
            int line = lines.of("batch_input", i, count);
            if (input.getKind() == io.longshore.protocol.config.proto.BatchInput.Kind.UNRECOGNIZED) {
                problem(line, "batch_input", "unknown batch input kind '" + input.getKindValue() + "'");
                continue;
            }
            String kind = input.getKind().name();
            checkOne(line, "batch_input", "batch input kind '" + kind + "'", input.getSourceInputList());
            checkTargets(line, "batch_input", input.getTargetNameList());
            DataType type = TensorMapper.type(input.getDataTypeValue(), what -> problem(line, "batch_input", what));
            if (type != null && input.getSourceInputCount() == 1) {
                inputs.add(
                        new BatchInput(Kind.valueOf(kind), input.getTargetNameList(), type, input.getSourceInput(0)));
            }
        }
        return inputs;
    }

    private List<BatchOutput> batchOutputs() {
        List<BatchOutput> outputs = new ArrayList<>();
        int count = message.getBatchOutputCount();
        for (int i = 0; i < count; i++) {
            var output = message.getBatchOutput(i);
            int line = lines.of("batch_output", i, count);
            if (output.getKind() == io.longshore.protocol.config.proto.BatchOutput.Kind.UNRECOGNIZED) {
                problem(line, "batch_output", "unknown batch output kind '" + output.getKindValue() + "'");
                continue;
            }
            String kind = "batch output kind '" + output.getKind().name() + "'";
            checkOne(line, "batch_output", kind, output.getSourceInputList());
            checkTargets(line, "batch_output", output.getTargetNameList());
            if (output.getSourceInputCount() == 1) {
                outputs.add(new BatchOutput(output.getTargetNameList(), output.getSourceInput(0)));
            }
        }
        return outputs;
    }

    private void checkOne(int line, String field, String kind, List<String> sources) {
        if (sources.size() != 1) {
            problem(line, field, kind + " expects 1 source input, got " + sources.size());
        }
    }

    private void checkTargets(int line, String field, List<String> targets) {
        if (targets.isEmpty()) {
            problem(line, field, "target_name is missing; name the tensor that the model has for it");
        }
    }

    private void problem(int line, String field, String what) {
        findings.problem(line, field + ": " + what);
    }
}
