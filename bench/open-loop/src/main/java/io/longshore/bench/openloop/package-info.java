/** Open-loop load over HTTP/1.1 and gRPC, with latencies that count from the time at which a request was meant to be sent. */
@NullMarked
package io.longshore.bench.openloop;

import org.jspecify.annotations.NullMarked;
