package io.longshore.protocol.grpc;

import io.longshore.inference.Parameters;
import io.longshore.protocol.grpc.proto.InferParameter;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code parameters} of inputs and requested outputs. */
final class TensorParameters {
    private static final String REGION = "shared_memory_region";
    private static final String REGION_OFFSET = "shared_memory_offset";
    private static final String REGION_SIZE = "shared_memory_byte_size";
    private static final String CLASSIFICATION = "classification";

    private TensorParameters() {}

    /**
     * Whether a tensor is in shared memory.
     *
     * @throws io.longshore.inference.InferenceException if the parameters that say so do not fit together
     */
    static boolean namesRegion(String tensor, Map<String, InferParameter> parameters) {
        InferParameter region = parameters.get(REGION);
        if (region != null && !region.hasStringParam()) {
            throw MessageErrors.regionType(REGION, tensor, "string_param.");
        }
        checkNumber(REGION_OFFSET, tensor, parameters);
        checkNumber(REGION_SIZE, tensor, parameters);
        if (region != null && !parameters.containsKey(REGION_SIZE)) {
            throw MessageErrors.regionSizeMissing(tensor);
        }
        return region != null;
    }

    private static void checkNumber(String name, String tensor, Map<String, InferParameter> parameters) {
        InferParameter value = parameters.get(name);
        if (value == null) {
            return;
        }
        if (!parameters.containsKey(REGION)) {
            throw MessageErrors.regionMissing(name, tensor);
        }
        if (!value.hasInt64Param()) {
            throw MessageErrors.regionType(name, tensor, "int64_param.");
        }
    }

    /**
     * How an output is wanted. Parameters that mean nothing here and are of no common type are left out, as on REST.
     *
     * @throws io.longshore.inference.InferenceException if it is wanted in a way that there is not
     */
    static Parameters ofOutput(String output, Map<String, InferParameter> parameters) {
        boolean region = namesRegion(output, parameters);
        InferParameter classes = parameters.get(CLASSIFICATION);
        if (classes != null) {
            checkClasses(classes);
        }
        if (region) {
            throw classes != null ? MessageErrors.regionAndClasses() : MessageErrors.noSharedMemory("output", output);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        parameters.forEach((name, value) -> putScalar(name, value, values));
        return Parameters.of(values);
    }

    private static void checkClasses(InferParameter classes) {
        if (!classes.hasInt64Param()) {
            throw MessageErrors.parameterType(CLASSIFICATION, "int64_param");
        }
        if (classes.getInt64Param() <= 0) {
            throw MessageErrors.noClasses();
        }
    }

    private static void putScalar(String name, InferParameter value, Map<String, Object> values) {
        switch (value.getParameterChoiceCase()) {
            case INT64_PARAM -> values.put(name, value.getInt64Param());
            case BOOL_PARAM -> values.put(name, value.getBoolParam());
            case STRING_PARAM -> values.put(name, value.getStringParam());
            case DOUBLE_PARAM -> values.put(name, value.getDoubleParam());
            case UINT64_PARAM, PARAMETERCHOICE_NOT_SET -> {}
        }
    }
}
