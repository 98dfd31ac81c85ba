package io.longshore.protocol.config;

import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.protocol.config.proto.DataType;
import io.longshore.protocol.config.proto.ModelInput.Format;
import io.longshore.protocol.config.proto.ModelTensorReshape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns declared tensors into inputs and outputs, and checks each. Not thread-safe. */
final class TensorMapper {
    private final ConfigLines lines;
    private final ConfigFindings findings;

    TensorMapper(ConfigLines lines, ConfigFindings findings) {
        this.lines = lines;
        this.findings = findings;
    }

    List<ModelInput> inputs(List<io.longshore.protocol.config.proto.ModelInput> declared) {
        List<ModelInput> inputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < declared.size(); i++) {
            var input = declared.get(i);
            Tensor tensor = new Tensor("input", input.getName(), lines.of("input", i, declared.size()));
            tensor.checkName(names);
            io.longshore.tensor.DataType type = tensor.type(input.getDataTypeValue());
            boolean valid = tensor.checkDims("dims", input.getDimsList());
            valid &= tensor.checkDims("reshape", input.getReshape().getShapeList());
            tensor.checkFormat(input.getFormat(), input.getDimsCount());
            noteUnused(tensor, input);
            if (type != null && valid) {
                inputs.add(new ModelInput(
                        input.getName(),
                        type,
                        input.getDimsList(),
                        reshape(input.hasReshape(), input.getReshape()),
                        input.getOptional()));
            }
        }
        return inputs;
    }

    List<ModelOutput> outputs(List<io.longshore.protocol.config.proto.ModelOutput> declared) {
        List<ModelOutput> outputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < declared.size(); i++) {
            var output = declared.get(i);
            Tensor tensor = new Tensor("output", output.getName(), lines.of("output", i, declared.size()));
            tensor.checkName(names);
            io.longshore.tensor.DataType type = tensor.type(output.getDataTypeValue());
            boolean valid = tensor.checkDims("dims", output.getDimsList());
            valid &= tensor.checkDims("reshape", output.getReshape().getShapeList());
            valid &= tensor.checkLabels(output.getLabelFilename());
            if (type != null && valid) {
                String labels = output.getLabelFilename();
                outputs.add(new ModelOutput(
                        output.getName(),
                        type,
                        output.getDimsList(),
                        reshape(output.hasReshape(), output.getReshape()),
                        labels.isEmpty() ? null : labels));
            }
        }
        return outputs;
    }

    private static void noteUnused(Tensor tensor, io.longshore.protocol.config.proto.ModelInput input) {
        if (input.getIsShapeTensor() || input.getIsNonLinearFormatIo()) {
            tensor.note("is_shape_tensor and is_non_linear_format_io have no effect: they are for TensorRT");
        }
    }

    /** The datatype of a number of the schema; null where there is none, which is told unless it is known already. */
    static io.longshore.tensor.@Nullable DataType type(int number, Consumer<String> problems) {
        DataType declared = DataType.forNumber(number);
        if (declared == null) {
            if (number != ConfigText.BROKEN_ENUM) {
                problems.accept("data_type " + number + " is unknown; use a name such as TYPE_FP32");
            }
            return null;
        }
        if (declared == DataType.TYPE_INVALID) {
            problems.accept("data_type is missing; state one such as TYPE_FP32");
            return null;
        }
        String wireName =
                declared == DataType.TYPE_STRING ? "BYTES" : declared.name().substring("TYPE_".length());
        return io.longshore.tensor.DataType.valueOf(wireName);
    }

    private static @Nullable List<Long> reshape(boolean stated, ModelTensorReshape reshape) {
        return stated ? reshape.getShapeList() : null;
    }

    /** One declared tensor, for messages about it. */
    private final class Tensor {
        private final String kind;
        private final String name;
        private final int line;

        Tensor(String kind, String name, int line) {
            this.kind = kind;
            this.name = name;
            this.line = line;
        }

        void checkName(Set<String> names) {
            if (name.isEmpty()) {
                problem("name is missing");
            } else if (!names.add(name)) {
                problem("is declared twice; each name once");
            }
        }

        io.longshore.tensor.@Nullable DataType type(int number) {
            return TensorMapper.type(number, this::problem);
        }

        boolean checkDims(String field, List<Long> dims) {
            boolean valid = true;
            for (long dim : dims) {
                if (dim < -1) {
                    problem(field + " holds " + dim + "; a dimension is -1 (any size) or at least 0");
                    valid = false;
                }
            }
            return valid;
        }

        /** A wrong one says wrong things of the model to whoever reads it; source: {@code ValidateModelInput} of Triton's core. */
        void checkFormat(Format format, int dims) {
            if (format == Format.UNRECOGNIZED) {
                problem("format is unknown; use FORMAT_NONE, FORMAT_NHWC or FORMAT_NCHW");
            } else if (format != Format.FORMAT_NONE && dims != 3) {
                problem("format " + format + " is for 3 dims besides the batch, there are " + dims
                        + "; state all three, or leave format out");
            }
        }

        boolean checkLabels(String filename) {
            if (PathRules.leavesFolder(filename)) {
                problem("label_filename '" + filename + "' leads out of the model's folder; name a file inside it");
                return false;
            }
            return true;
        }

        void note(String what) {
            findings.note(line, kind + " '" + name + "': " + what);
        }

        private void problem(String what) {
            findings.problem(line, kind + " '" + name + "': " + what);
        }
    }
}
