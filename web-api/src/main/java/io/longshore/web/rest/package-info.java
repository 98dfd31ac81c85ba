/** The JAX-RS resources of V2 REST: health, metadata and model control. Inference goes past them, see {@code infer}. */
@NullMarked
package io.longshore.web.rest;

import org.jspecify.annotations.NullMarked;
