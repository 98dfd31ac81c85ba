/**
 * The engine put together: it implements the ports of {@link io.longshore.inference} over everything below.
 */
@NullMarked
package io.longshore.engine;

import org.jspecify.annotations.NullMarked;
