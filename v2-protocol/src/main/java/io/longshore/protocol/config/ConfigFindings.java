package io.longshore.protocol.config;

import java.util.ArrayList;
import java.util.List;

/** What is to be said of one configuration file. Not thread-safe. */
final class ConfigFindings {
    private final String fileName;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    ConfigFindings(String fileName) {
        this.fileName = fileName;
    }

    /** Adds something that must be mended; {@code line} is 0 where it is not known. */
    void problem(int line, String what) {
        problems.add(located(line, what));
    }

    /** Adds something that has no effect; {@code line} is 0 where it is not known. */
    void note(int line, String what) {
        notes.add(located(line, what));
    }

    List<String> problems() {
        return problems;
    }

    List<String> notes() {
        return notes;
    }

    private String located(int line, String what) {
        return line > 0 ? fileName + ":" + line + ": " + what : fileName + ": " + what;
    }
}
