/** The engine's threads. Plain Java: where they come from is the shell's matter. */
@NullMarked
package io.longshore.ejb.thread;

import org.jspecify.annotations.NullMarked;
