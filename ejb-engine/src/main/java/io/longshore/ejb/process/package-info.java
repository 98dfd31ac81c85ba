/** The life of the process: the start line, the signals that end it, and the drain before its end. Plain Java. */
@NullMarked
package io.longshore.ejb.process;

import org.jspecify.annotations.NullMarked;
