/** The limit that gRPC is measured against. */
@NullMarked
package io.longshore.bench.echo;

import org.jspecify.annotations.NullMarked;
