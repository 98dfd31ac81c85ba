package io.longshore.cli;

import java.util.List;

/** The command line, the environment or the configuration file asks for something that cannot be done. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** All problems at once, each a sentence that names the option, its value and what was expected. */
    UsageException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One problem. */
    UsageException(String problem) {
        this(List.of(problem));
    }

    /** The problems, one sentence each. */
    List<String> problems() {
        return problems;
    }
}
