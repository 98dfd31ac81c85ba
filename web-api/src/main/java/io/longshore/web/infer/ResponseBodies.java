package io.longshore.web.infer;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.protocol.rest.OutputFormat;
import io.longshore.web.http.Answer;
import io.longshore.web.http.ContentCoding;

/** Turns the one response to a request of one kind into an HTTP answer. Thread-safe. */
interface ResponseBodies {
    /** What the requests make of models that may answer any number of times. */
    PendingAnswer.Kind kind();

    /**
     * The answer that carries a response.
     *
     * @param response taken over: released with the answer or earlier, or at once where it cannot be written
     * @throws InferenceException if the response cannot be written as asked
     */
    Answer success(InferenceResponse response, OutputFormat format, ContentCoding coding);

    /** The answer that tells of a failure. */
    default Answer refusal(InferenceException failure) {
        return InferAnswers.failure(failure);
    }
}
