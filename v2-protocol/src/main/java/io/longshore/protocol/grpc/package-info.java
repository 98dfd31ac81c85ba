/**
 * The messages of V2 gRPC that carry tensors, {@code ModelInferRequest} and {@code ModelInferResponse}, between the wire and
 * the engine with one copy of each tensor. Nothing here knows of gRPC itself. The other messages are small and are used as
 * generated.
 *
 * <p>Sources: Open Inference Protocol, gRPC; Triton's {@code grpc_service.proto} and the texts of its {@code infer_handler.cc}.
 */
@NullMarked
package io.longshore.protocol.grpc;

import org.jspecify.annotations.NullMarked;
