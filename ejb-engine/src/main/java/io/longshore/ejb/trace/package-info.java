/** Where traces of requests go: files, and spans of OpenTelemetry. */
@NullMarked
package io.longshore.ejb.trace;

import org.jspecify.annotations.NullMarked;
