/** What of Longshore's log is shown, where, and in which form, on top of java.util.logging. Plain Java. */
@NullMarked
package io.longshore.ejb.log;

import org.jspecify.annotations.NullMarked;
