/**
 * The {@code longshore} command: tritonserver's options, checked and turned into configuration keys, then the hand-over to
 * the server in the same JVM.
 */
@NullMarked
package io.longshore.cli;

import org.jspecify.annotations.NullMarked;
