/**
 * Tensors: datatypes, shapes, the memory they live in, and declared tensors that they are checked against.
 *
 * <p>All values are little-endian and row-major, as the V2 protocol moves them, so that bytes go from the wire to the
 * runtime and back without being converted.
 */
@NullMarked
package io.longshore.tensor;

import org.jspecify.annotations.NullMarked;
