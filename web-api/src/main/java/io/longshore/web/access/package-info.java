/** Restricted access on REST: a filter before everything else, which is there only where something is restricted. */
@NullMarked
package io.longshore.web.access;

import org.jspecify.annotations.NullMarked;
