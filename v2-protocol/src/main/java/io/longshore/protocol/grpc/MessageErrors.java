package io.longshore.protocol.grpc;

import io.longshore.inference.InferenceException;
import io.longshore.protocol.rest.V2Errors;

/**
 * The faults of a {@code ModelInferRequest} that no other wire knows, in Triton's words where it has any. All are
 * INVALID_ARGUMENT.
 */
final class MessageErrors {
    private MessageErrors() {}

    /** The bytes are no such message. */
    static InferenceException malformed(String why) {
        return V2Errors.invalid("failed to parse the request message: " + why);
    }

    /** A field, or the message, ends too early. */
    static InferenceException truncated() {
        return malformed("it ends before its last field is complete");
    }

    static InferenceException tooManyEntries(int limit) {
        return V2Errors.invalid("a request may have " + limit
                + " entries of 'parameters', 'inputs', 'outputs' and 'raw_input_contents' together; this one has more");
    }

    static InferenceException tooLarge(long size, long limit) {
        return V2Errors.invalid("request fields other than 'raw_input_contents' have " + size
                + " bytes, which exceeds the maximum allowed size of " + limit
                + " bytes. Send large tensors as 'raw_input_contents'.");
    }

    static InferenceException versionNoNumber(String version) {
        return V2Errors.invalid("failed to get model version from specified version string '" + version
                + "', version should be an integral value > 0");
    }

    static InferenceException parameterType(String name, String expected) {
        return V2Errors.invalid("invalid value type for '" + name + "' parameter, expected " + expected);
    }

    static InferenceException negativePriority() {
        return V2Errors.invalid("invalid value for 'priority', expected value >= 0.");
    }

    static InferenceException noClasses() {
        return V2Errors.invalid("invalid value for 'classification' parameter, expected >= 0");
    }

    static InferenceException contentsAndRaw(String input, String model) {
        return V2Errors.invalid("contents field must not be specified when using raw_input_contents for '" + input
                + "' for model '" + model + "'");
    }

    static InferenceException noData(String input, String model) {
        return V2Errors.invalid(
                "unable to find data for input tensor '" + input + "' for model '" + model + "' in request.");
    }

    static InferenceException wrongContents(String input, String model, String given, String expected) {
        return V2Errors.invalid("unexpected explicit tensor data for input tensor '" + input + "' for model '" + model
                + "' of type '" + given + "', expected datatype '" + expected + "'");
    }

    static InferenceException severalContents(String input, String model) {
        return V2Errors.invalid("unexpected explicit tensor data for input tensor '" + input + "' for model '" + model
                + "', binary data was already supplied.");
    }

    static InferenceException contentsTooLarge(String input, long byteSize) {
        return V2Errors.invalid("input '" + input + "' has a byte_size (" + byteSize
                + " bytes) that exceeds the maximum allowed value of " + Integer.MAX_VALUE + " bytes");
    }

    static InferenceException regionType(String parameter, String tensor, String expected) {
        return V2Errors.invalid("invalid value type for '" + parameter + "' parameter for tensor '" + tensor
                + "', expected " + expected);
    }

    static InferenceException regionMissing(String parameter, String tensor) {
        return V2Errors.invalid("'" + parameter
                + "' can not be specified without 'shared_memory_region' parameter for tensor '" + tensor + "'");
    }

    static InferenceException regionSizeMissing(String tensor) {
        return V2Errors.invalid("'shared_memory_byte_size' must be specified along with 'shared_memory_region'"
                + " parameter for tensor '" + tensor + "'");
    }

    static InferenceException contentsAndRegion(String input, String model) {
        return V2Errors.invalid("unexpected 'content' provided when using shared memory for input tensor '" + input
                + "' for model '" + model + "'");
    }

    static InferenceException regionAndClasses() {
        return V2Errors.invalid("output can't set both 'shared_memory_region' and 'classification'");
    }
}
