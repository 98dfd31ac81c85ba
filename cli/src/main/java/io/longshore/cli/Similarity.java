package io.longshore.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds what a mistyped word may have meant. */
final class Similarity {
    private Similarity() {}

    /** The known word with the fewest letters inserted, removed or replaced, where they are less than a third of it. */
    static Optional<String> nearest(String word, List<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(candidate -> 3 * distance(word, candidate) < candidate.length());
    }

    /** Levenshtein's distance, with one row of the table kept. */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(replaced, 1 + Math.min(row[column - 1], diagonal));
            }
        }
        return row[to.length()];
    }
}
