package io.longshore.system;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request to infer. Immutable; every method gives a changed copy.
 *
 * @param version or empty
 * @param id or empty
 * @param outputs names; none = all
 * @param parameters texts, Longs and Booleans by name
 */
record WireCall(
        String model,
        String version,
        String id,
        List<WireTensor> inputs,
        List<String> outputs,
        Map<String, Object> parameters) {
    static WireCall to(String model, WireTensor... inputs) {
        return new WireCall(model, "", "", List.of(inputs), List.of(), Map.of());
    }

    WireCall version(String number) {
        return new WireCall(model, number, id, inputs, outputs, parameters);
    }

    WireCall id(String value) {
        return new WireCall(model, version, value, inputs, outputs, parameters);
    }

    WireCall output(String name) {
        List<String> more = new ArrayList<>(outputs);
        more.add(name);
        return new WireCall(model, version, id, inputs, more, parameters);
    }

    WireCall parameter(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new WireCall(model, version, id, inputs, outputs, more);
    }
}
