/**
 * V2 gRPC on a port of its own, beside the container, with health and reflection. Nothing outside this package knows gRPC.
 */
@NullMarked
package io.longshore.web.grpc;

import org.jspecify.annotations.NullMarked;
