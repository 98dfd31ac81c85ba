package io.longshore.protocol.grpc;

import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Parameters;
import io.longshore.inference.Ticker;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.rest.RequestRules;
import io.longshore.protocol.rest.V2Errors;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code parameters} of a request (V2 parameters, schedule policy and sequence extensions). Not thread-safe. */
final class RequestParameters {
    /** The only reserved name that a caller may use. */
    private static final String EMPTY_FINAL_RESPONSE = "triton_enable_empty_final_response";

    private final Map<String, Object> custom = new LinkedHashMap<>();
    private long priority;
    private long timeoutMicros;
    private boolean emptyFinalResponse;

    private RequestParameters() {}

    static RequestParameters read(Map<String, InferParameter> values) {
        RequestParameters parameters = new RequestParameters();
        values.forEach(parameters::read);
        return parameters;
    }

    /** Whether the last response of a stream is wanted even where it is empty. */
    boolean emptyFinalResponse() {
        return emptyFinalResponse;
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

    private void read(String name, InferParameter value) {
        switch (name) {
            case "priority" -> priority = priority(value);
            case "timeout" -> timeoutMicros = timeout(value);
            case "sequence_id" -> custom.put(name, sequenceId(value));
            case "sequence_start", "sequence_end" -> custom.put(name, bool(name, value));
            case EMPTY_FINAL_RESPONSE -> emptyFinalResponse = bool(name, value);
            default -> {
                if (RequestRules.isReserved(name)) {
                    throw V2Errors.reservedParameter();
                }
                custom.put(name, scalar(name, value));
            }
        }
    }

    private static long priority(InferParameter value) {
        return switch (value.getParameterChoiceCase()) {
            case UINT64_PARAM -> value.getUint64Param();
            case INT64_PARAM -> {
                if (value.getInt64Param() < 0) {
                    throw MessageErrors.negativePriority();
                }
                yield value.getInt64Param();
            }
            default -> throw MessageErrors.parameterType("priority", "int64_param or uint64_param.");
        };
    }

    private static long timeout(InferParameter value) {
        if (!value.hasInt64Param()) {
            throw MessageErrors.parameterType("timeout", "int64_param.");
        }
        return value.getInt64Param();
    }

    private static Object sequenceId(InferParameter value) {
        return switch (value.getParameterChoiceCase()) {
            case INT64_PARAM -> value.getInt64Param();
            case STRING_PARAM -> value.getStringParam();
            default -> throw MessageErrors.parameterType("sequence_id", "int64_param or string_param.");
        };
    }

    private static boolean bool(String name, InferParameter value) {
        if (!value.hasBoolParam()) {
            throw MessageErrors.parameterType(name, "bool_param.");
        }
        return value.getBoolParam();
    }

    private static Object scalar(String name, InferParameter value) {
        return switch (value.getParameterChoiceCase()) {
            case INT64_PARAM -> value.getInt64Param();
            case BOOL_PARAM -> value.getBoolParam();
            case STRING_PARAM -> value.getStringParam();
            case DOUBLE_PARAM -> value.getDoubleParam();
            default -> throw MessageErrors.parameterType(name, "int64_param, bool_param, or string_param.");
        };
    }
}
