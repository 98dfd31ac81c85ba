package io.longshore.model;

import java.util.List;

/** A model configuration cannot be served. The message lists every problem found, not just the first. */
public final class InvalidModelConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    /** @param problems each names the file or field, what is wrong with it and what would be right; at least one */
    public InvalidModelConfigException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
