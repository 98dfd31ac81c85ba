/**
 * The shell around the engine in the container: an EJB that starts and stops it, lends it the container's threads, and
 * hands its ports to whoever injects them. Everything that needs no container is in the packages below.
 */
@NullMarked
package io.longshore.ejb;

import org.jspecify.annotations.NullMarked;
