package io.longshore.web.infer;

import io.longshore.inference.InferenceService;
import io.longshore.inference.Tracer;
import io.longshore.protocol.rest.HeaderForwarding;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.http.ReadGate;

/**
 * What every request of one kind needs; made once and shared. Thread-safe.
 *
 * @param service who infers
 * @param bodies reads request bodies
 * @param answers writes response bodies
 * @param forwarding tells which headers become parameters
 * @param gate bounds the threads that wait for a body's bytes
 * @param writer bounds the threads that wait for a client to take its answer
 * @param tracer decides which requests are traced
 */
record InferEndpoint(
        InferenceService service,
        RequestBodies bodies,
        ResponseBodies answers,
        HeaderForwarding forwarding,
        ReadGate gate,
        AnswerWriter writer,
        Tracer tracer) {
    /** The same for requests of another kind. */
    InferEndpoint with(RequestBodies otherBodies, ResponseBodies otherAnswers) {
        return new InferEndpoint(service, otherBodies, otherAnswers, forwarding, gate, writer, tracer);
    }
}
