package io.longshore.protocol.config;

import java.util.ArrayList;
import java.util.List;

/** What is to be said of one stated configuration, the first hundred of each kind. Not thread-safe. */
final class ConfigFindings {
    /** More would help nobody, and a hostile text of some bytes can have a problem for each of them. */
    private static final int MOST = 100;

    private final String fileName;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    ConfigFindings(String fileName) {
        this.fileName = fileName;
    }

    /** Adds something that must be mended; {@code line} is 0 where it is not known. */
    void problem(int line, String what) {
        add(located(line, what), problems);
    }

    /** Adds something that has no effect; {@code line} is 0 where it is not known. */
    void note(int line, String what) {
        add(located(line, what), notes);
    }

    private static void add(String what, List<String> findings) {
        if (findings.size() < MOST) {
            findings.add(what);
        }
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
