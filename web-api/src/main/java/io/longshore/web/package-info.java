/** The wires' own settings. */
@NullMarked
package io.longshore.web;

import org.jspecify.annotations.NullMarked;
