package io.longshore.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Steps that are taken with a server, and what each is to answer, whatever wire they go over. The form of the text stands at
 * the head of {@code transcript.txt}.
 */
record Transcript(List<Step> steps) {
    /**
     * One line.
     *
     * @param line its number
     * @param verb what is done
     * @param words what it is done with
     * @param legal the answers that it may have, at least one
     */
    record Step(int line, String verb, List<String> words, List<String> legal) {
        /** Whether the step may have this answer. */
        boolean allows(String answer) {
            return legal.stream()
                    .anyMatch(wanted -> wanted.endsWith("...")
                            ? answer.startsWith(wanted.substring(0, wanted.length() - 3))
                            : answer.equals(wanted));
        }

        String word(int position) {
            return words.get(position);
        }

        @Override
        public String toString() {
            return "line " + line + ": " + verb + " " + String.join(" ", words) + " => " + String.join(" | ", legal);
        }
    }

    /** Reads a resource that lies beside this class's package. */
    static Transcript read(String resource) throws IOException {
        try (InputStream in = Transcript.class.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<Step> steps = new ArrayList<>();
            int number = 0;
            for (String line : text.lines().toList()) {
                number++;
                if (!line.isBlank() && !line.startsWith("#")) {
                    steps.add(step(number, line));
                }
            }
            return new Transcript(List.copyOf(steps));
        }
    }

    private static Step step(int number, String line) {
        String[] halves = line.split(" => ", -1);
        if (halves.length != 2) {
            throw new IllegalArgumentException("line " + number + " must say what it expects behind ' => ': " + line);
        }
        List<String> words = List.of(halves[0].strip().split("\\s+", -1));
        List<String> legal =
                Arrays.stream(halves[1].split("\\|", -1)).map(String::strip).toList();
        return new Step(number, words.get(0), words.subList(1, words.size()), legal);
    }
}
