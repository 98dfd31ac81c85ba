/**
 * The bodies of V2 REST: inference requests and responses as JSON and with the binary tensor data extension, metadata,
 * health and errors. Nothing here knows of HTTP.
 *
 * <p>Sources: Open Inference Protocol, REST; Triton's binary tensor data and parameters extensions.
 */
@NullMarked
package io.longshore.protocol.rest;

import org.jspecify.annotations.NullMarked;
