package io.longshore.inference;

/**
 * An output that a request asks for by name.
 *
 * @param name the output's name
 * @param parameters how it is wanted, for example {@code classification}
 */
public record RequestedOutput(String name, Parameters parameters) {
    /** The parameter that asks for the largest elements of an output. */
    public static final String CLASSIFICATION = "classification";

    /**
     * How many of its largest elements are wanted instead of all, as texts (V2 classification extension); unsigned, 0 = all as
     * they are.
     */
    public long classes() {
        return parameters.isEmpty() ? 0 : parameters.integer(CLASSIFICATION).orElse(0L);
    }
}
