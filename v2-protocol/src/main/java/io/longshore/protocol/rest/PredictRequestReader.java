package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonToken;
import io.longshore.inference.InferenceRequest;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.json.JsonFaults;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of one V1 predict request. Not thread-safe; used once. */
final class PredictRequestReader {
    private static final String INSTANCES = "instances";
    private static final String INPUTS = "inputs";

    private final PositionedJsonFactory.Parser parser;
    private final PredictValues values;
    private final ModelConfig config;
    private final List<Tensor> tensors = new ArrayList<>(4);
    private @Nullable String layout;

    PredictRequestReader(PositionedJsonFactory.Parser parser, PredictValues values, ModelConfig config) {
        this.parser = parser;
        this.values = values;
        this.config = config;
    }

    /** Reads the whole text; whatever was made until a fault is released. */
    DecodedRequest read(ModelSelector model) throws IOException {
        boolean complete = false;
        try {
            readDocument();
            InferenceRequest request = InferenceRequest.of(model, tensors);
            complete = true;
            return new DecodedRequest(request, INPUTS.equals(layout) ? OutputFormat.COLUMNS : OutputFormat.JSON);
        } finally {
            if (!complete) {
                tensors.forEach(Tensor::release);
            }
        }
    }

    private void readDocument() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw neither();
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            if (field.equals(INSTANCES) || field.equals(INPUTS)) {
                readInputs(field);
            } else {
                // For example TensorFlow Serving's signature_name: there is one signature.
                JsonFields.skip(parser);
            }
        }
        if (parser.nextToken() != null) {
            throw JsonFaults.syntax("The document root must not be followed by other values.", parser.offset());
        }
        if (layout == null) {
            throw neither();
        }
    }

    private static RuntimeException neither() {
        return V2Errors.invalid("a predict request is a JSON object with 'instances', a list of rows, or 'inputs',"
                + " whole tensors by name");
    }

    private void readInputs(String field) throws IOException {
        if (layout != null) {
            throw layout.equals(field)
                    ? V2Errors.repeated(field)
                    : V2Errors.invalid("give either 'instances' or 'inputs', not both");
        }
        layout = field;
        JsonToken first = parser.nextToken();
        if (field.equals(INPUTS)) {
            readColumns(first);
        } else if (first == JsonToken.START_ARRAY) {
            readRows();
        } else {
            throw V2Errors.cannotParse(INSTANCES, JsonFaults.wrongKind("non-array", "array"));
        }
    }

    private void readColumns(JsonToken first) throws IOException {
        if (first != JsonToken.START_OBJECT) {
            tensors.add(values.read(onlyInput()));
            return;
        }
        Set<String> names = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            ModelInput input = input(parser.currentName());
            if (!names.add(input.name())) {
                throw V2Errors.repeatedInput(input.name());
            }
            parser.nextToken();
            tensors.add(values.read(input));
        }
    }

    /** Rows are values of the one input, or objects of the inputs by name. */
    private void readRows() throws IOException {
        if (!values.isObjectNext()) {
            tensors.add(values.read(onlyInput()));
            return;
        }
        try (PredictRows rows = new PredictRows(config)) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                readRow(rows);
            }
            tensors.addAll(rows.stacked(values.allocator()));
        }
    }

    private void readRow(PredictRows rows) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw V2Errors.invalid("instance " + rows.count() + " is no object, as those before it are");
        }
        rows.begin();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            ModelInput input = input(parser.currentName());
            parser.nextToken();
            rows.add(values.read(input));
        }
    }

    private ModelInput onlyInput() {
        List<ModelInput> inputs = config.inputs();
        if (inputs.size() != 1) {
            throw V2Errors.invalid("model '" + config.name() + "' has " + inputs.size() + " inputs; name them: "
                    + inputs.stream().map(ModelInput::name).toList());
        }
        return inputs.get(0);
    }

    private ModelInput input(String name) {
        return config.input(name)
                .orElseThrow(() -> V2Errors.invalid(
                        "unexpected inference input '" + name + "' for model '" + config.name() + "', whose inputs are "
                                + config.inputs().stream().map(ModelInput::name).toList()));
    }
}
