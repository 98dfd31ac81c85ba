/** The limit that the wire is measured against. */
@NullMarked
package io.longshore.bench.bare;

import org.jspecify.annotations.NullMarked;
