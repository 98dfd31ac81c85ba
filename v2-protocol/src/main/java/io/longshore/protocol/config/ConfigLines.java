package io.longshore.protocol.config;

/** Which fields a configuration states, and on which lines. */
interface ConfigLines {
    /** The line of one of {@code count} top-level fields of a name, from 1; 0 where it is not stated, or not known. */
    int of(String field, int index, int count);

    /** The line of a top-level field, from 1; 0 where it is not stated, or not known. */
    default int of(String field) {
        return of(field, 0, 1);
    }

    /** Whether a top-level field is stated, if only with its default. */
    boolean states(String field);
}
