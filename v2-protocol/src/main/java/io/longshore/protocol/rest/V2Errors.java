package io.longshore.protocol.rest;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;

/**
 * The faults that an inference request may have, each with the text that clients of Triton know. All are
 * INVALID_ARGUMENT. The faults of JSON text itself are in {@link io.longshore.protocol.json.JsonFaults}.
 */
public final class V2Errors {
    private static final String RAISE_LIMIT = " bytes. Use --http-max-input-size to increase the limit.";

    private V2Errors() {}

    /** The JSON of a request is larger than the server accepts. */
    public static InferenceException jsonTooLarge(long size, long limit) {
        return invalid("request JSON size of " + size + " bytes exceeds the maximum allowed input size of " + limit
                + RAISE_LIMIT);
    }

    /** A raw binary request is larger than the server accepts. */
    public static InferenceException rawTooLarge(long size, long limit) {
        return invalid("Raw input has a byte_size (" + size + " bytes) that exceeds the maximum allowed value of "
                + limit + RAISE_LIMIT);
    }

    /** The header with the length of the JSON is no number. */
    public static InferenceException headerLengthNoNumber(String value) {
        return invalid("Unable to parse " + InferenceHeaderLength.NAME + ", got: " + value);
    }

    /** The header with the length of the JSON is beyond 32 bits. */
    public static InferenceException headerLengthBeyondInt(String value) {
        return invalid("Unable to parse " + InferenceHeaderLength.NAME + ", value is out of range [ "
                + Integer.MIN_VALUE + ", " + Integer.MAX_VALUE + " ], got: " + value);
    }

    /** The header announces more JSON than there is body. */
    public static InferenceException headerLengthOutOfRange(long bodySize, String value) {
        return invalid("inference header size should be in range (0, " + bodySize + "), got: " + value);
    }

    static InferenceException cannotParse(String field, String why) {
        return invalid("Unable to parse '" + field + "': " + why);
    }

    static InferenceException missing(String field) {
        return cannotParse(field, "attempt to access non-existing object member '" + field + "'");
    }

    static InferenceException repeated(String field) {
        return invalid("field '" + field + "' is given twice in the same object; give it once");
    }

    /** Two inputs have the same name. */
    public static InferenceException repeatedInput(String name) {
        return invalid("input '" + name + "' already exists in request");
    }

    /** An output is asked for twice. */
    public static InferenceException repeatedOutput(String name) {
        return invalid("output '" + name + "' already exists in request");
    }

    /** A parameter is the server's own. */
    public static InferenceException reservedParameter() {
        return invalid(
                "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.");
    }

    /** There is no such datatype. */
    public static InferenceException unknownDatatype(String datatype, String input) {
        return invalid(
                "invalid datatype for input " + input + ": '" + datatype
                        + "' is none of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, FP32, FP64, BF16, BYTES");
    }

    /** The dimensions of an input make no shape. */
    public static InferenceException invalidShape(String input, String why) {
        return invalid("invalid shape for input '" + input + "': " + why);
    }

    /** Not exactly one source of an input's data is given. */
    static InferenceException notOneSource(boolean data, boolean binary, boolean sharedMemory) {
        String given = (data ? " 'data'" : "")
                + (binary ? " 'binary_data_size'" : "")
                + (sharedMemory ? " 'shared_memory_region'" : "");
        return invalid("Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters',"
                + " 'shared_memory_region' in 'parameters'. But"
                + (given.isEmpty() ? " no field is set" : " set" + given));
    }

    static InferenceException sharedMemoryAnd(String other) {
        return invalid("Output can't set both 'shared_memory_region' and '" + other + "'");
    }

    static InferenceException sharedTooLarge(String input, long byteSize) {
        return invalid("input '" + input + "' has " + byteSize + " bytes in shared memory, and a tensor may have "
                + Integer.MAX_VALUE + " at most");
    }

    static InferenceException tooFewBytes(String input, String missing, String model) {
        return invalid("unexpected size for input '" + input + "', expecting " + missing
                + " additional bytes for model '" + model + "'");
    }

    static InferenceException tooManyBytes(String model) {
        return invalid("unexpected additional input data for model '" + model + "'");
    }

    /** Binary data of another size than datatype and shape ask for; with the prefix that Triton's core gives it. */
    public static InferenceException byteSizeMismatch(
            String id, String input, String model, long expected, long actual) {
        return invalid("[request id: " + (id.isEmpty() ? "<id_unknown>" : id) + "] input byte size mismatch for input '"
                + input + "' for model '" + model + "'. Expected " + expected + ", got "
                + Long.toUnsignedString(actual));
    }

    /** Any other fault, in the words of the wire that meets it. */
    public static InferenceException invalid(String message) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
