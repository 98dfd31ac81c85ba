package io.longshore.schedule;

import java.util.List;

/**
 * The lengths in a padded batch. Immutable.
 *
 * @param each those of its requests
 * @param padded the one that all have in the batch
 */
record BatchLengths(List<Long> each, long padded) {}
