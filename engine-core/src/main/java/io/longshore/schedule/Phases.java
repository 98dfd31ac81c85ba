package io.longshore.schedule;

/**
 * The parts of an execution, in nanoseconds; they add up to the whole.
 *
 * @param input until the model had its inputs; 0 = the backend does not say
 * @param infer the model's computation
 * @param output from its end until the answer was there; 0 = the backend does not say
 */
record Phases(long input, long infer, long output) {
    /**
     * Tells the parts apart by the backend's marks, as far as those are sound: no part is negative, whatever they say.
     *
     * @param begun when the execution began
     * @param over when it was over
     * @param inputsReady the mark between input and infer; 0 = none
     * @param outputsBegun the mark between infer and output; 0 = none
     */
    static Phases of(long begun, long over, long inputsReady, long outputsBegun) {
        long whole = over - begun;
        long input = inputsReady == 0 ? 0 : within(inputsReady - begun, whole);
        long output = outputsBegun == 0 ? 0 : within(over - outputsBegun, whole - input);
        return new Phases(input, whole - input - output, output);
    }

    /** The whole. */
    long total() {
        return input + infer + output;
    }

    private static long within(long part, long whole) {
        return Math.max(0, Math.min(part, whole));
    }
}
