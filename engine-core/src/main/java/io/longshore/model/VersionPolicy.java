package io.longshore.model;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which of the versions in the repository are served ({@code version_policy} of a model configuration). */
public sealed interface VersionPolicy {
    /** What applies when a configuration says nothing: the highest version. */
    VersionPolicy DEFAULT = new Latest(1);

    /** The versions to serve out of those available, ascending. */
    SortedSet<Long> select(Collection<Long> available);

    /**
     * The highest {@code count} versions.
     *
     * @param count at least 1
     */
    record Latest(int count) implements VersionPolicy {
        public Latest {
            if (count < 1) {
                throw new IllegalArgumentException("version_policy.latest.num_versions is at least 1, got " + count);
            }
        }

        @Override
        public SortedSet<Long> select(Collection<Long> available) {
            return available.stream()
                    .sorted(Comparator.reverseOrder())
                    .limit(count)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Every version. */
    record All() implements VersionPolicy {
        @Override
        public SortedSet<Long> select(Collection<Long> available) {
            return new TreeSet<>(available);
        }
    }

    /**
     * The versions named, as far as they are there.
     *
     * @param versions at least one
     */
    record Specific(SortedSet<Long> versions) implements VersionPolicy {
        public Specific {
            if (versions.isEmpty()) {
                throw new IllegalArgumentException("version_policy.specific names no version; name at least one");
            }
            versions = Collections.unmodifiableSortedSet(new TreeSet<>(versions));
        }

        @Override
        public SortedSet<Long> select(Collection<Long> available) {
            SortedSet<Long> selected = new TreeSet<>(versions);
            selected.retainAll(available);
            return selected;
        }
    }
}
