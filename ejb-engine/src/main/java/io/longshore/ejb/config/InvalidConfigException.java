package io.longshore.ejb.config;

import java.util.List;

/**
 * The settings cannot be used. The message is short and there is no stack trace, because a container prints both several
 * times; the problems are for the log.
 */
public final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InvalidConfigException(List<String> problems) {
        super("invalid settings: " + problems.size() + "; the messages before this one name each", null, false, false);
        this.problems = List.copyOf(problems);
    }

    /** Each problem: key, value, origin, what was expected, default. Secret values are left out. */
    public List<String> problems() {
        return problems;
    }
}
