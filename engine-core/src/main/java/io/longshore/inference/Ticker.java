package io.longshore.inference;

/** The one clock of the engine: monotonic nanoseconds with an arbitrary origin, which tests set by hand. */
@FunctionalInterface
public interface Ticker {
    /** The clock of this JVM. */
    Ticker SYSTEM = System::nanoTime;

    /** Nanoseconds since some origin; values are compared by subtraction. */
    long nanos();
}
