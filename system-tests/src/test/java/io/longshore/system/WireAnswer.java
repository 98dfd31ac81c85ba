package io.longshore.system;

import java.util.List;

/** A response. */
record WireAnswer(String model, String version, String id, List<WireTensor> outputs) {
    /** The output of this name. */
    WireTensor output(String name) {
        return outputs.stream()
                .filter(output -> output.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no output " + name + " in " + outputs));
    }
}
