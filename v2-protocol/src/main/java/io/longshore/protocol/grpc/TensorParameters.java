package io.longshore.protocol.grpc;

import io.longshore.inference.Parameters;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.rest.RegionPart;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The {@code parameters} of inputs and requested outputs. */
final class TensorParameters {
    private static final String REGION = "shared_memory_region";
    private static final String REGION_OFFSET = "shared_memory_offset";
    private static final String REGION_SIZE = "shared_memory_byte_size";
    private static final Set<String> OF_REGIONS = Set.of(REGION, REGION_OFFSET, REGION_SIZE);
    private static final String CLASSIFICATION = "classification";

    private TensorParameters() {}

    /**
     * Where in shared memory a tensor is; null where it is not. A negative number is one beyond every region.
     *
     * @throws io.longshore.inference.InferenceException if the parameters that say so do not fit together
     */
    static @Nullable RegionPart region(String tensor, Map<String, InferParameter> parameters) {
        InferParameter region = parameters.get(REGION);
        if (region != null && !region.hasStringParam()) {
            throw MessageErrors.regionType(REGION, tensor, "string_param.");
        }
        long offset = number(REGION_OFFSET, tensor, parameters);
        long byteSize = number(REGION_SIZE, tensor, parameters);
        if (region == null) {
            return null;
        }
        if (!parameters.containsKey(REGION_SIZE)) {
            throw MessageErrors.regionSizeMissing(tensor);
        }
        return new RegionPart(region.getStringParam(), offset, byteSize);
    }

    private static long number(String name, String tensor, Map<String, InferParameter> parameters) {
        InferParameter value = parameters.get(name);
        if (value == null) {
            return 0;
        }
        if (!parameters.containsKey(REGION)) {
            throw MessageErrors.regionMissing(name, tensor);
        }
        if (!value.hasInt64Param()) {
            throw MessageErrors.regionType(name, tensor, "int64_param.");
        }
        return value.getInt64Param();
    }

    /**
     * How an output is wanted, apart from its region. Parameters that mean nothing here and are of no common type are left
     * out, as on REST.
     *
     * @param inRegion whether it goes to shared memory
     * @throws io.longshore.inference.InferenceException if it is wanted in a way that there is not
     */
    static Parameters ofOutput(boolean inRegion, Map<String, InferParameter> parameters) {
        InferParameter classes = parameters.get(CLASSIFICATION);
        if (classes != null) {
            checkClasses(classes);
        }
        if (inRegion && classes != null) {
            throw MessageErrors.regionAndClasses();
        }
        Map<String, Object> values = new LinkedHashMap<>();
        parameters.forEach((name, value) -> {
            if (!OF_REGIONS.contains(name)) {
                putScalar(name, value, values);
            }
        });
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
