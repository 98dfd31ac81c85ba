package io.longshore.web.infer;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.protocol.rest.EncodedResponse;
import io.longshore.protocol.rest.OutputFormat;
import io.longshore.protocol.rest.PredictResponseEncoder;
import io.longshore.web.failure.StatusMapper;
import io.longshore.web.http.Answer;
import io.longshore.web.http.ContentCoding;

/**
 * Turns the outcomes of V1 requests into HTTP answers.
 *
 * @param encoder writes the bodies
 * @param field what an answer is called in its body
 */
record PredictAnswers(PredictResponseEncoder encoder, String field) implements ResponseBodies {
    @Override
    public PendingAnswer.Kind kind() {
        return PendingAnswer.Kind.INFER;
    }

    @Override
    public Answer success(InferenceResponse response, OutputFormat format, ContentCoding coding) {
        try {
            EncodedResponse encoded = encoder.encode(field, response, format);
            return new Answer(200, encoded.contentType(), encoded.parts(), encoded::close).encoded(coding);
        } finally {
            response.release();
        }
    }

    @Override
    public Answer refusal(InferenceException failure) {
        return InferAnswers.failure(StatusMapper.v1Status(failure.code()), failure);
    }
}
