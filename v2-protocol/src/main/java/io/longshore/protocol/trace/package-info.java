/** The form of trace files. */
@NullMarked
package io.longshore.protocol.trace;

import org.jspecify.annotations.NullMarked;
