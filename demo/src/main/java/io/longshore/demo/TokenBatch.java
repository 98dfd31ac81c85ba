package io.longshore.demo;

/**
 * The tokens of several texts, padded to the longest: three matrices of {@code rows} by {@code tokens}, row-major.
 *
 * @param rows texts
 * @param tokens tokens of the longest text, special ones included
 * @param ids numbers of the tokens in the vocabulary; 0 in the padding
 * @param mask 1 for a token, 0 in the padding
 * @param typeIds the segment of a token; all 0 for single texts
 */
@SuppressWarnings("ArrayRecordComponent") // A carrier between two steps; never compared.
record TokenBatch(int rows, int tokens, long[] ids, long[] mask, long[] typeIds) {}
