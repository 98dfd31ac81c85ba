package io.longshore.ejb.config;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds what looks like a setting and is none. */
final class UnknownKeys {
    private static final String PREFIX = "longshore.";
    private static final String ENVIRONMENT_PREFIX = "LONGSHORE_";
    private static final int MISSPELT = 3;
    /** What the launcher itself reads from the environment. */
    private static final Set<String> OF_THE_LAUNCHER = Set.of("LONGSHORE_STATE_DIR", "LONGSHORE_JVM_OPTS");

    private UnknownKeys() {}

    /**
     * A warning for each unknown name, sorted. Every unknown {@code longshore.*} name counts, but of environment variables
     * only those a few letters off a known one: others are not settings at all, such as the variables that Kubernetes sets
     * in every pod beside a Service called {@code longshore}.
     */
    static List<String> warnings(Iterable<String> names) {
        Set<String> sorted = new TreeSet<>();
        names.forEach(sorted::add);
        // Only these are compared with every setting: a JVM has hundreds of other names.
        return sorted.stream()
                .filter(name -> name.startsWith(PREFIX) || name.startsWith(ENVIRONMENT_PREFIX))
                .filter(name -> !isKnown(name, sorted))
                .flatMap(name -> warning(name).stream())
                .toList();
    }

    private static boolean isKnown(String name, Set<String> names) {
        String environmentName = Setting.environmentName(name);
        // Where LONGSHORE_MAX_QUEUE_SIZE is set, implementations list "longshore.max.queue.size" beside it.
        boolean isEcho = name.startsWith(PREFIX) && names.contains(environmentName);
        return isEcho
                || OF_THE_LAUNCHER.contains(environmentName)
                || Settings.ALL.stream()
                        .anyMatch(setting -> name.equals(setting.key()) || name.equals(setting.environmentName()));
    }

    private static Optional<String> warning(String name) {
        boolean isProperty = name.startsWith(PREFIX);
        Setting<?> nearest = Settings.ALL.stream()
                .min(Comparator.comparingInt(setting -> distance(name, setting)))
                .orElseThrow();
        if (!isProperty && distance(name, nearest) > MISSPELT) {
            return Optional.empty();
        }
        String meant = isProperty ? nearest.key() : nearest.environmentName();
        return Optional.of("'" + name + "' is no setting and has no effect; did you mean '" + meant + "'?");
    }

    private static int distance(String name, Setting<?> setting) {
        return editDistance(Setting.environmentName(name), setting.environmentName());
    }

    /** Levenshtein distance: letters to insert, delete or replace. */
    static int editDistance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
