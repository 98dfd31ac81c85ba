/** Micro benchmarks, and the in-process runs that the server is measured against. */
@NullMarked
package io.longshore.bench;

import org.jspecify.annotations.NullMarked;
