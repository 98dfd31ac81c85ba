package io.longshore.model;

import java.util.Locale;

/**
 * A place where models run.
 *
 * @param kind what it is
 * @param index its number among devices of its kind, from 0
 */
public record Device(Kind kind, int index) {
    /** The processor with the machine's memory. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    /** Kinds of device. */
    public enum Kind {
        CPU,
        GPU
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + index;
    }
}
