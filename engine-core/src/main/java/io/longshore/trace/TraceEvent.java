package io.longshore.trace;

/** Something that a trace has recorded. */
public sealed interface TraceEvent {
    /**
     * A moment.
     *
     * @param activity its name: that of a {@link TraceActivity}, or one that a model's code has chosen
     * @param nanos when, in nanoseconds of the engine's ticker
     */
    record Moment(String activity, long nanos) implements TraceEvent {}

    /**
     * A tensor.
     *
     * @param activity where it was met
     * @param name its name
     * @param datatype its type's name in V2
     * @param shape its dimensions
     * @param data its elements as text, with commas between
     */
    record Value(String activity, String name, String datatype, String shape, String data) implements TraceEvent {}
}
