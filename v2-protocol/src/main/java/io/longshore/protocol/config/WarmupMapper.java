package io.longshore.protocol.config;

import io.longshore.protocol.config.proto.ModelWarmup;
import io.longshore.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns {@code model_warmup} into what it stands for, and checks each field by itself. Not thread-safe; used once.
 *
 * <p>Message texts follow {@code backend_model_instance.cc} of Triton's core.
 */
final class WarmupMapper {
    private static final String FIELD = "model_warmup";

    private final ConfigLines lines;
    private final ConfigFindings findings;

    WarmupMapper(ConfigLines lines, ConfigFindings findings) {
        this.lines = lines;
        this.findings = findings;
    }

    /** What the fields say; what is wrong with them goes to the findings. */
    List<io.longshore.model.ModelWarmup> map(List<ModelWarmup> stated) {
        List<io.longshore.model.ModelWarmup> warmups = new ArrayList<>();
        for (int i = 0; i < stated.size(); i++) {
            warmups.add(new Sample(stated.get(i), lines.of(FIELD, i, stated.size())).map());
        }
        return warmups;
    }

    /** One sample, for messages about it. */
    private final class Sample {
        private final ModelWarmup message;
        private final int line;

        Sample(ModelWarmup message, int line) {
            this.message = message;
            this.line = line;
        }

        io.longshore.model.ModelWarmup map() {
            long batchSize = Integer.toUnsignedLong(message.getBatchSize());
            List<io.longshore.model.ModelWarmup.Input> inputs = new ArrayList<>();
            if (batchSize == 0) {
                findings.note(
                        line,
                        about() + "is not run, since its batch_size is 0 or not stated; state at least 1 to run it");
            } else {
                message.getInputsMap().forEach((name, input) -> map(name, input, inputs));
            }
            long count = Math.max(1, Integer.toUnsignedLong(message.getCount()));
            return new io.longshore.model.ModelWarmup(message.getName(), batchSize, count, inputs);
        }

        private void map(String name, ModelWarmup.Input input, List<io.longshore.model.ModelWarmup.Input> inputs) {
            DataType type =
                    TensorMapper.type(input.getDataTypeValue(), what -> problem("input '" + name + "': " + what));
            io.longshore.model.ModelWarmup.Source source = source(name, input);
            boolean valid = checkDims(name, input.getDimsList());
            if (type != null && source != null && valid) {
                inputs.add(new io.longshore.model.ModelWarmup.Input(name, type, input.getDimsList(), source));
            }
        }

        private boolean checkDims(String name, List<Long> dims) {
            boolean valid = dims.stream().allMatch(dim -> dim >= 0);
            if (!valid) {
                problem("warmup setting expects all variable-size dimensions are specified for input '" + name
                        + "', got dims " + dims);
            }
            return valid;
        }

        private io.longshore.model.ModelWarmup.@Nullable Source source(String name, ModelWarmup.Input input) {
            return switch (input.getInputDataTypeCase()) {
                case ZERO_DATA -> new io.longshore.model.ModelWarmup.Source.Zeros();
                case RANDOM_DATA -> new io.longshore.model.ModelWarmup.Source.Noise();
                case INPUT_DATA_FILE -> file(name, input.getInputDataFile());
                case INPUTDATATYPE_NOT_SET -> {
                    problem("warmup setting expects input '" + name
                            + "' to have input_data_type set: zero_data, random_data or input_data_file");
                    yield null;
                }
            };
        }

        private io.longshore.model.ModelWarmup.@Nullable Source file(String name, String file) {
            if (file.isEmpty() || PathRules.leavesFolder(file)) {
                problem("input '" + name + "': input_data_file '" + file
                        + "' leads out of the model's folder warmup; name a file inside it");
                return null;
            }
            return new io.longshore.model.ModelWarmup.Source.DataFile(file);
        }

        private String about() {
            return FIELD + " '" + message.getName() + "' ";
        }

        private void problem(String what) {
            findings.problem(line, FIELD + " '" + message.getName() + "': " + what);
        }
    }
}
