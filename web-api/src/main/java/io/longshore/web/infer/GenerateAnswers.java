package io.longshore.web.infer;

import io.longshore.inference.InferenceResponse;
import io.longshore.protocol.rest.EncodedResponse;
import io.longshore.protocol.rest.GenerateResponseEncoder;
import io.longshore.protocol.rest.OutputFormat;
import io.longshore.web.http.Answer;
import io.longshore.web.http.ContentCoding;

/**
 * Turns the outcomes of generate requests into HTTP answers, never compressed.
 *
 * @param encoder writes the bodies
 */
record GenerateAnswers(GenerateResponseEncoder encoder) implements ResponseBodies {
    @Override
    public PendingAnswer.Kind kind() {
        return PendingAnswer.Kind.GENERATE;
    }

    @Override
    public Answer success(InferenceResponse response, OutputFormat format, ContentCoding coding) {
        try {
            EncodedResponse encoded = encoder.encode(response);
            return new Answer(200, encoded.contentType(), encoded.parts(), encoded::close);
        } finally {
            response.release();
        }
    }
}
