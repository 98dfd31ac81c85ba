/**
 * What a machine-learning framework implements so that the engine can run its models.
 *
 * <p>Three lifetimes, one inside the other: a {@link io.longshore.spi.Backend} is a framework, a
 * {@link io.longshore.spi.BackendModel} the loaded weights of one model version on one device, a
 * {@link io.longshore.spi.BackendInstance} one execution context with one caller at a time.
 */
@NullMarked
package io.longshore.spi;

import org.jspecify.annotations.NullMarked;
