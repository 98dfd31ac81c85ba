package io.longshore.web.grpc;

import io.grpc.Context;
import io.longshore.inference.Deadline;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Ticker;
import java.util.concurrent.TimeUnit;

/** Carries the deadline of a call over to its requests. */
final class ClientDeadline {
    private ClientDeadline() {}

    /** The request, with the current call's deadline where that is earlier than its own. */
    static InferenceRequest of(InferenceRequest asked, Ticker ticker) {
        io.grpc.Deadline client = Context.current().getDeadline();
        if (client == null) {
            return asked;
        }
        Deadline deadline = Deadline.at(ticker.nanos() + client.timeRemaining(TimeUnit.NANOSECONDS));
        InferenceRequest.Options options = asked.options();
        return asked.withOptions(options.withDeadline(options.deadline().earliest(deadline)));
    }
}
