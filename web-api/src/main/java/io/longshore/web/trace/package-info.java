/** What the wires record of requests that are traced. */
@NullMarked
package io.longshore.web.trace;

import org.jspecify.annotations.NullMarked;
