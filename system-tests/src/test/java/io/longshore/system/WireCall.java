package io.longshore.system;

import java.util.ArrayList;
import java.util.List;

/**
 * A request to infer. Immutable; every method gives a changed copy.
 *
 * @param version or empty
 * @param id or empty
 * @param outputs names; none = all
 */
record WireCall(String model, String version, String id, List<WireTensor> inputs, List<String> outputs) {
    static WireCall to(String model, WireTensor... inputs) {
        return new WireCall(model, "", "", List.of(inputs), List.of());
    }

    WireCall version(String number) {
        return new WireCall(model, number, id, inputs, outputs);
    }

    WireCall id(String value) {
        return new WireCall(model, version, value, inputs, outputs);
    }

    WireCall output(String name) {
        List<String> more = new ArrayList<>(outputs);
        more.add(name);
        return new WireCall(model, version, id, inputs, more);
    }
}
