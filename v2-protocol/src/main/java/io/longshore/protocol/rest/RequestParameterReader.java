package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Parameters;
import io.longshore.inference.Ticker;
import io.longshore.protocol.json.JsonFaults;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads {@code parameters} of a request (V2 parameters, schedule policy and sequence extensions). Not thread-safe; used
 * once.
 */
final class RequestParameterReader {
    private final JsonParser parser;
    private final Map<String, Object> custom = new LinkedHashMap<>();
    private long priority;
    private long timeoutMicros;
    private boolean binaryOutput;

    RequestParameterReader(JsonParser parser) {
        this.parser = parser;
    }

    /** Reads the object behind the field's name. */
    void read() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw V2Errors.invalid("failed to get request params.: attempt to get members for non-object");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            readParameter(parser.currentName());
        }
    }

    /** {@code binary_data_output}: whether outputs are binary that do not say otherwise. */
    boolean binaryOutput() {
        return binaryOutput;
    }

    /**
     * The parameters that are for the model or its scheduler. A {@code sequence_id} given as a number is a Long that holds
     * it as unsigned 64 bits.
     */
    Parameters custom() {
        return Parameters.of(custom);
    }

    /** How the request is to be scheduled. */
    InferenceRequest.Options options(Ticker ticker) {
        return RequestRules.options(priority, timeoutMicros, ticker);
    }

    private void readParameter(String name) throws IOException {
        switch (name) {
            case "priority" -> priority = JsonFields.unsigned(parser, name);
            case "timeout" -> timeoutMicros = JsonFields.unsigned(parser, name);
            case "binary_data_output" -> binaryOutput = JsonFields.bool(parser, name);
            case "sequence_start", "sequence_end" ->
                JsonFields.putParameter(name, JsonFields.bool(parser, name), custom);
            case "sequence_id" -> JsonFields.putParameter(name, sequenceId(), custom);
            default -> {
                if (RequestRules.isReserved(name)) {
                    throw V2Errors.reservedParameter();
                }
                JsonFields.customParameter(parser, name, custom);
            }
        }
    }

    private Object sequenceId() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw V2Errors.cannotParse("sequence_id", JsonFaults.wrongKind("non-string", "string"));
        }
        return JsonFields.currentUnsigned(parser, "sequence_id");
    }
}
