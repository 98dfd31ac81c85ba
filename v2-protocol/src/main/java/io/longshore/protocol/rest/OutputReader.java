package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.longshore.inference.OutputRegions;
import io.longshore.inference.Parameters;
import io.longshore.inference.RegionLease;
import io.longshore.inference.RequestedOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code outputs}. Not thread-safe; used once. */
final class OutputReader {
    private static final String REGION = "shared_memory_region";
    private static final String REGION_OFFSET = "shared_memory_offset";
    private static final String REGION_SIZE = "shared_memory_byte_size";

    private final JsonParser parser;
    private final SharedTensors shared;
    private final List<RequestedOutput> outputs = new ArrayList<>(4);
    private final Map<String, Boolean> binaryByName = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private Map<String, RegionLease> leases = Map.of();

    OutputReader(JsonParser parser, SharedTensors shared) {
        this.parser = parser;
        this.shared = shared;
    }

    /** The outputs asked for. */
    List<RequestedOutput> outputs() {
        return outputs;
    }

    /** The {@code binary_data} of each output that states it. */
    Map<String, Boolean> binaryByName() {
        return binaryByName;
    }

    /** The outputs that go to shared memory; whoever asks owns them from then on. */
    OutputRegions regions() {
        return OutputRegions.of(leases);
    }

    /** Gives up the regions after a fault. */
    void release() {
        leases.values().forEach(RegionLease::release);
    }

    /** Reads the array behind the field's name. */
    void read() throws IOException {
        JsonFields.startArray(parser, "outputs");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            readOutput();
        }
    }

    private void readOutput() throws IOException {
        String name = null;
        Map<String, Object> parameters = null;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw V2Errors.missing("name");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            if (field.equals("name")) {
                JsonFields.checkFirst(name, field);
                name = JsonFields.string(parser, field);
            } else if (field.equals("parameters")) {
                JsonFields.checkFirst(parameters, field);
                parameters = readParameters();
            } else {
                JsonFields.skip(parser);
            }
        }
        add(name, parameters == null ? new HashMap<>() : parameters);
    }

    private Map<String, Object> readParameters() throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return values;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            Object value = switch (name) {
                case "binary_data" -> JsonFields.bool(parser, name);
                case "classification", REGION_OFFSET, REGION_SIZE -> JsonFields.unsigned(parser, name);
                case REGION -> JsonFields.string(parser, name);
                default -> scalarOrNothing();
            };
            if (value != null) {
                JsonFields.putParameter(name, value, values);
            }
        }
        return values;
    }

    private @Nullable Object scalarOrNothing() throws IOException {
        parser.nextToken();
        Object value = JsonFields.scalar(parser);
        parser.skipChildren();
        return value;
    }

    private void add(@Nullable String name, Map<String, Object> parameters) {
        if (parameters.containsKey(REGION)) {
            checkRegionStandsAlone(parameters);
        }
        if (name == null) {
            throw V2Errors.missing("name");
        }
        if (!names.add(name)) {
            throw V2Errors.repeatedOutput(name);
        }
        if (parameters.remove(REGION) instanceof String region) {
            lease(name, region, parameters);
        } else if (parameters.remove("binary_data") instanceof Boolean binary) {
            binaryByName.put(name, binary);
        }
        outputs.add(new RequestedOutput(name, Parameters.of(parameters)));
    }

    private static void checkRegionStandsAlone(Map<String, Object> parameters) {
        if (parameters.containsKey("classification")) {
            throw V2Errors.sharedMemoryAnd("classification");
        }
        if (Boolean.TRUE.equals(parameters.remove("binary_data"))) {
            throw V2Errors.sharedMemoryAnd("binary_data");
        }
    }

    private void lease(String name, String region, Map<String, Object> parameters) {
        RegionPart part = new RegionPart(region, number(REGION_OFFSET, parameters), number(REGION_SIZE, parameters));
        if (leases.isEmpty()) {
            leases = new HashMap<>();
        }
        leases.put(name, shared.lease(part));
    }

    private static long number(String parameter, Map<String, Object> parameters) {
        return parameters.remove(parameter) instanceof Long given ? given : 0;
    }
}
