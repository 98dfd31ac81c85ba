package io.longshore.ejb.config;

import java.util.List;

/** The settings cannot be used. The message has every problem, one a line. */
public final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InvalidConfigException(List<String> problems) {
        super(problems.size() + " invalid setting(s):\n  " + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Each problem: key, value, origin, what was expected, default. Secret values are left out. */
    public List<String> problems() {
        return problems;
    }
}
