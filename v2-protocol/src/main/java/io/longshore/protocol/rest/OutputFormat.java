package io.longshore.protocol.rest;

import java.util.Map;

/** Which outputs a caller wants as binary data behind the JSON, and which inside it. Immutable. */
public final class OutputFormat {
    /** Every output inside the JSON. */
    public static final OutputFormat JSON = new OutputFormat(false, Map.of());

    /** Every output as binary data. */
    public static final OutputFormat BINARY = new OutputFormat(true, Map.of());

    /** Every output inside the JSON, as a whole; the V1 protocol's answer to inputs given by column. */
    public static final OutputFormat COLUMNS = new OutputFormat(false, Map.of());

    private final boolean binaryByDefault;
    private final Map<String, Boolean> binaryByName;

    private OutputFormat(boolean binaryByDefault, Map<String, Boolean> binaryByName) {
        this.binaryByDefault = binaryByDefault;
        this.binaryByName = binaryByName;
    }

    /**
     * The format that a request states.
     *
     * @param binaryByDefault the request's {@code binary_data_output}
     * @param binaryByName the {@code binary_data} of each output that states one
     */
    public static OutputFormat of(boolean binaryByDefault, Map<String, Boolean> binaryByName) {
        if (binaryByName.isEmpty()) {
            return binaryByDefault ? BINARY : JSON;
        }
        return new OutputFormat(binaryByDefault, Map.copyOf(binaryByName));
    }

    /** Whether this output goes behind the JSON. */
    public boolean isBinary(String output) {
        Boolean stated = binaryByName.get(output);
        return stated == null ? binaryByDefault : stated;
    }
}
