package io.longshore.inference;

/**
 * An output that a request asks for by name.
 *
 * @param name the output's name
 * @param parameters how it is wanted, for example {@code binary_data} or {@code classification}
 */
public record RequestedOutput(String name, Parameters parameters) {}
