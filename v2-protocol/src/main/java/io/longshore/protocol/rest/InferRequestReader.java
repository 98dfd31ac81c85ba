package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonToken;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.json.JsonFaults;
import io.longshore.protocol.json.JsonText;
import io.longshore.protocol.json.TensorJsonReader;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of one inference request. Not thread-safe; used once. */
final class InferRequestReader {
    private final PositionedJsonFactory.Parser parser;
    private final JsonText text;
    private final TensorJsonReader json;
    private final SharedTensors shared;
    private final BinaryTail tail;
    private final String model;

    private final List<Tensor> inputs = new ArrayList<>(4);
    private final Set<String> names = new HashSet<>();
    private @Nullable String id;
    private @Nullable Object inputsField;
    private @Nullable OutputReader outputs;
    private @Nullable RequestParameterReader parameters;

    InferRequestReader(
            PositionedJsonFactory.Parser parser,
            JsonText text,
            TensorJsonReader json,
            SharedTensors shared,
            BinaryTail tail,
            String model) {
        this.parser = parser;
        this.text = text;
        this.json = json;
        this.shared = shared;
        this.tail = tail;
        this.model = model;
    }

    /** Reads the whole text; whatever was made until a fault is released. */
    DecodedRequest read(ModelSelector selector, Ticker ticker) throws IOException {
        boolean complete = false;
        try {
            readDocument();
            tail.checkUsedUp();
            DecodedRequest request = result(selector, ticker);
            complete = true;
            return request;
        } finally {
            if (!complete) {
                release();
            }
        }
    }

    private void release() {
        inputs.forEach(Tensor::release);
        if (outputs != null) {
            outputs.release();
        }
    }

    private void readDocument() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw JsonFaults.syntax("The document is empty.", 0);
        }
        if (first != JsonToken.START_OBJECT) {
            throw V2Errors.missing("inputs");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            readField(parser.currentName());
        }
        if (parser.nextToken() != null) {
            throw JsonFaults.syntax("The document root must not be followed by other values.", parser.offset());
        }
        if (inputsField == null) {
            throw V2Errors.missing("inputs");
        }
    }

    private void readField(String field) throws IOException {
        switch (field) {
            case "id" -> {
                JsonFields.checkFirst(id, field);
                id = JsonFields.string(parser, field);
            }
            case "inputs" -> {
                JsonFields.checkFirst(inputsField, field);
                inputsField = field;
                readInputs();
            }
            case "outputs" -> {
                JsonFields.checkFirst(outputs, field);
                outputs = new OutputReader(parser, shared);
                outputs.read();
            }
            case "parameters" -> {
                JsonFields.checkFirst(parameters, field);
                parameters = new RequestParameterReader(parser);
                parameters.read();
            }
            default -> JsonFields.skip(parser);
        }
    }

    private void readInputs() throws IOException {
        JsonFields.startArray(parser, "inputs");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Tensor input = new InputReader(parser, text, json, shared).read(tail, id(), model);
            inputs.add(input);
            if (!names.add(input.name())) {
                throw V2Errors.repeatedInput(input.name());
            }
        }
    }

    private String id() {
        return id == null ? "" : id;
    }

    private DecodedRequest result(ModelSelector selector, Ticker ticker) {
        RequestParameterReader stated = parameters == null ? new RequestParameterReader(parser) : parameters;
        OutputReader wanted = outputs == null ? new OutputReader(parser, shared) : outputs;
        InferenceRequest request =
                new InferenceRequest(id(), selector, inputs, wanted.outputs(), stated.custom(), stated.options(ticker));
        return new DecodedRequest(
                request, OutputFormat.of(stated.binaryOutput(), wanted.binaryByName()), wanted.regions());
    }
}
