/** The least application that has a JAX-RS resource, a CDI bean and a singleton EJB. */
@NullMarked
package io.longshore.bench.floor;

import org.jspecify.annotations.NullMarked;
