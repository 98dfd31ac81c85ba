/** What is recorded of single requests on their way through the server (V2 trace extension). */
@NullMarked
package io.longshore.trace;

import org.jspecify.annotations.NullMarked;
