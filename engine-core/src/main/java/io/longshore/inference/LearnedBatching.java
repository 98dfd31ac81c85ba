package io.longshore.inference;

/**
 * What a model with a latency goal, or one whose requests are padded, has shown so far.
 *
 * @param maxRows rows of a batch at most at this moment
 * @param fixedNanos nanoseconds that an execution costs whatever its rows
 * @param rowNanos nanoseconds that each row adds; one of the mean length where they differ
 */
public record LearnedBatching(int maxRows, double fixedNanos, double rowNanos) {}
