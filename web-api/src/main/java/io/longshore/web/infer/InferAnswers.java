package io.longshore.web.infer;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.protocol.rest.EncodedResponse;
import io.longshore.protocol.rest.ErrorBody;
import io.longshore.protocol.rest.InferResponseEncoder;
import io.longshore.protocol.rest.InferenceHeaderLength;
import io.longshore.protocol.rest.OutputFormat;
import io.longshore.web.failure.StatusMapper;
import io.longshore.web.http.Answer;
import io.longshore.web.http.ContentCoding;
import io.longshore.web.http.Decompression;

/** Turns outcomes of inference requests into HTTP answers. Thread-safe. */
final class InferAnswers implements ResponseBodies {
    private final InferResponseEncoder encoder;

    InferAnswers(InferResponseEncoder encoder) {
        this.encoder = encoder;
    }

    @Override
    public PendingAnswer.Kind kind() {
        return PendingAnswer.Kind.INFER;
    }

    @Override
    public Answer success(InferenceResponse response, OutputFormat format, ContentCoding coding) {
        EncodedResponse encoded;
        try {
            encoded = encoder.encode(response, format);
        } catch (RuntimeException | OutOfMemoryError e) {
            response.release();
            throw e;
        }
        Answer answer = new Answer(200, encoded.contentType(), encoded.parts(), encoded::close);
        encoded.jsonLength().ifPresent(length -> answer.header(InferenceHeaderLength.NAME, Integer.toString(length)));
        return answer.encoded(coding);
    }

    /** The answer that tells of a failure. */
    static Answer failure(InferenceException failure) {
        return failure(StatusMapper.status(failure.code()), failure);
    }

    /** The answer that tells of a failure, with a status of the wire's own. */
    static Answer failure(int status, InferenceException failure) {
        Answer answer = Answer.json(status, ErrorBody.json(failure.getMessage()));
        int retryAfter = StatusMapper.retryAfterSeconds(failure.code());
        return retryAfter > 0 ? answer.header("Retry-After", Integer.toString(retryAfter)) : answer;
    }

    /** The answer to a content coding that is not supported; it names those that are. */
    static Answer unsupportedCoding() {
        return failure(Decompression.unsupported()).header("Accept-Encoding", ContentCoding.ACCEPTED);
    }
}
