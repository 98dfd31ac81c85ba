/**
 * Models written in Java. A model's author implements {@link io.longshore.backend.java.JavaModel} or
 * {@link io.longshore.backend.java.DecoupledJavaModel}; {@code docs/java-models.md} shows how. The rest of the package is the
 * backend that runs such code and keeps its faults to its own requests.
 */
@NullMarked
package io.longshore.backend.java;

import org.jspecify.annotations.NullMarked;
