package io.longshore.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** JSON as text that is the same for the same content, though protobuf writes 64-bit integers as text and all defaults. */
final class NormalizedJson {
    private NormalizedJson() {}

    /** Scalars as text, fields by name, without those that say nothing. */
    static String of(JsonNode json) {
        if (json.isArray()) {
            return StreamSupport.stream(json.spliterator(), false)
                    .map(NormalizedJson::of)
                    .collect(Collectors.joining(",", "[", "]"));
        }
        return json.isObject() ? object(json) : json.asText();
    }

    private static String object(JsonNode json) {
        TreeMap<String, String> fields = new TreeMap<>();
        json.properties().forEach(field -> {
            String value = of(field.getValue());
            if (!value.isEmpty() && !value.equals("[]") && !value.equals("{}")) {
                fields.put(field.getKey(), value);
            }
        });
        return fields.isEmpty() ? "" : fields.toString();
    }
}
