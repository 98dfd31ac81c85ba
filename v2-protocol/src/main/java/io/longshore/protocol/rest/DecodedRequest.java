package io.longshore.protocol.rest;

import io.longshore.inference.InferenceRequest;

/**
 * A request body, understood.
 *
 * @param request what to infer; whoever holds it owns one reference to each input
 * @param format how the caller wants the outputs, for {@link InferResponseEncoder}
 */
public record DecodedRequest(InferenceRequest request, OutputFormat format) {}
