package io.longshore.protocol.config;

import io.longshore.model.Padding;
import io.longshore.protocol.config.proto.ModelConfig;
import io.longshore.protocol.config.proto.ModelParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns the parameters for padding into what they stand for. Whether the tensors that they name are there, and can be padded, is
 * checked by the configuration. Not thread-safe; used once.
 */
final class PaddingMapper {
    private final Map<String, ModelParameter> parameters;
    private final int line;
    private final ConfigFindings findings;

    PaddingMapper(ModelConfig config, ConfigLines lines, ConfigFindings findings) {
        this.parameters = config.getParametersMap();
        this.line = lines.of("parameters");
        this.findings = findings;
    }

    /** What the parameters say, null where there are none; what is wrong with them goes to the findings. */
    @Nullable
    Padding map() {
        if (!parameters.containsKey(Padding.INPUTS)) {
            Stream.of(Padding.BUCKETS, Padding.OUTPUTS)
                    .filter(parameters::containsKey)
                    .forEach(name -> problem(name + " needs " + Padding.INPUTS
                            + ", which names the inputs and their values, such as input_ids=0 attention_mask=0"));
            return null;
        }
        return new Padding(
                values(), buckets(), parameters.containsKey(Padding.OUTPUTS) ? words(Padding.OUTPUTS) : null);
    }

    private Map<String, String> values() {
        Map<String, String> values = new HashMap<>();
        for (String word : words(Padding.INPUTS)) {
            int middle = word.lastIndexOf('=');
            if (middle <= 0 || middle == word.length() - 1) {
                problem(Padding.INPUTS + " has '" + word + "', expected an input and its value, such as input_ids=0");
            } else if (values.put(word.substring(0, middle), word.substring(middle + 1)) != null) {
                problem(Padding.INPUTS + " names input '" + word.substring(0, middle) + "' twice");
            }
        }
        if (words(Padding.INPUTS).isEmpty()) {
            problem(Padding.INPUTS + " names no input; use input_ids=0 attention_mask=0 or the like, or leave it out");
        }
        return values;
    }

    private List<Long> buckets() {
        List<Long> buckets = new ArrayList<>();
        for (String word : words(Padding.BUCKETS)) {
            long bucket = word.matches("[0-9]{1,9}") ? Long.parseLong(word) : 0;
            if (bucket == 0) {
                problem(Padding.BUCKETS + " has '" + word + "', expected lengths such as 16,32,64");
            } else if (!buckets.isEmpty() && bucket <= buckets.get(buckets.size() - 1)) {
                problem(Padding.BUCKETS + " has " + bucket + " behind " + buckets.get(buckets.size() - 1)
                        + ", expected ascending lengths such as 16,32,64");
            }
            buckets.add(bucket);
        }
        return buckets;
    }

    private List<String> words(String parameter) {
        String text = parameters
                .getOrDefault(parameter, ModelParameter.getDefaultInstance())
                .getStringValue();
        return Stream.of(text.split("[,\\s]+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private void problem(String what) {
        findings.problem(line, "parameters: " + what);
    }
}
