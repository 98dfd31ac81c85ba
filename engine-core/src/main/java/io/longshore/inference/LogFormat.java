package io.longshore.inference;

import java.util.Arrays;
import java.util.Optional;

/** The form of the lines of the log, by the words of Triton's logging extension and one of Longshore's own. */
public enum LogFormat {
    /** Lines for people. */
    DEFAULT("default"),
    /** Lines for people that begin with the time in ISO 8601. */
    ISO8601("ISO8601"),
    /** One JSON object a line. Longshore's own, and chosen at the start alone. */
    JSON("json");

    private final String word;

    LogFormat(String word) {
        this.word = word;
    }

    /** The name on the wires. */
    public String word() {
        return word;
    }

    /** The format that has this name on the wires. */
    public static Optional<LogFormat> ofWord(String word) {
        return Arrays.stream(values())
                .filter(format -> format.word.equals(word))
                .findFirst();
    }
}
