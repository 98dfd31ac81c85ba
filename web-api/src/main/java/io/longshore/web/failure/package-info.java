/** How a failure is told to an HTTP client and to the log: one status for each error code, one JSON body for all. */
@NullMarked
package io.longshore.web.failure;

import org.jspecify.annotations.NullMarked;
