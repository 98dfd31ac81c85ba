package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonToken;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.json.JsonFaults;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of one generate request. Not thread-safe; used once. */
final class GenerateRequestReader {
    /** The one field whose own fields count as the request's. */
    private static final String PARAMETERS = "parameters";

    private final PositionedJsonFactory.Parser parser;
    private final GenerateInputs inputs;
    private final ModelConfig config;
    private final Map<String, Object> custom = new LinkedHashMap<>();
    private @Nullable String id;
    private @Nullable Object nested;

    GenerateRequestReader(PositionedJsonFactory.Parser parser, GenerateInputs inputs, ModelConfig config) {
        this.parser = parser;
        this.inputs = inputs;
        this.config = config;
    }

    /** Reads the whole text; whatever was made until a fault is released. */
    DecodedRequest read(ModelSelector model) throws IOException {
        boolean complete = false;
        try {
            readDocument();
            InferenceRequest request = new InferenceRequest(
                    id == null ? "" : id,
                    model,
                    inputs.tensors(),
                    List.of(),
                    Parameters.of(custom),
                    InferenceRequest.Options.DEFAULT);
            complete = true;
            return new DecodedRequest(request, OutputFormat.JSON);
        } finally {
            if (!complete) {
                inputs.release();
            }
        }
    }

    private void readDocument() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw V2Errors.invalid(
                    "a generate request is a JSON object with the model's inputs and parameters as its fields");
        }
        readFields(false);
        if (parser.nextToken() != null) {
            throw JsonFaults.syntax("The document root must not be followed by other values.", parser.offset());
        }
    }

    private void readFields(boolean isNested) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            ModelInput input = config.input(field).orElse(null);
            if (field.equals(PARAMETERS) && !isNested) {
                readNested(input);
            } else if (input != null) {
                inputs.read(input.requestSpec(config.isBatched()));
            } else if (field.equals("id") && !isNested) {
                JsonFields.checkFirst(id, field);
                id = JsonFields.string(parser, field);
            } else {
                readParameter(field);
            }
        }
    }

    private void readNested(@Nullable ModelInput input) throws IOException {
        if (input != null) {
            throw V2Errors.invalid("Keyword '" + PARAMETERS + "' for nested schema also given as input tensor name");
        }
        JsonFields.checkFirst(nested, PARAMETERS);
        nested = PARAMETERS;
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw V2Errors.invalid("Expected JSON object for keyword: '" + PARAMETERS + "'");
        }
        readFields(true);
    }

    private void readParameter(String name) throws IOException {
        if (RequestRules.isReserved(name)) {
            throw V2Errors.reservedParameter();
        }
        JsonFields.customParameter(parser, name, custom);
    }
}
