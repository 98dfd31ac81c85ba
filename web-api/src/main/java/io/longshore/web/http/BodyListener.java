package io.longshore.web.http;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.web.failure.Failures;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;

/** Reads the rest of a body as it arrives, and tells a reader once how that ended. */
public final class BodyListener implements ReadListener {
    private final BodyBuffer body;
    private final ServletInputStream in;
    private final Reader reader;
    private boolean isOver;

    /** Who waits for a body. */
    public interface Reader {
        /** The body is complete. Must not throw. */
        void arrived(BodyBuffer body);

        /** The body will not be complete. Must not throw. */
        void failed(BodyBuffer body, Throwable failure);
    }

    /** @param body belongs to the reader again once the reader is told */
    public BodyListener(BodyBuffer body, ServletInputStream in, Reader reader) {
        this.body = body;
        this.in = in;
        this.reader = reader;
    }

    /** What whoever sent the body is told of a failure to read it or to act upon it. */
    public static InferenceException failure(Throwable thrown) {
        return thrown instanceof IOException
                ? new InferenceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "the request body ended early or is not in its content coding",
                        thrown)
                : Failures.coded(thrown);
    }

    @Override
    public void onDataAvailable() {
        try {
            while (!isOver && in.isReady() && !in.isFinished()) {
                body.readFrom(in);
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            end(e);
        }
    }

    @Override
    public void onAllDataRead() {
        if (!isOver) {
            isOver = true;
            reader.arrived(body);
        }
    }

    @Override
    public void onError(Throwable failure) {
        end(failure);
    }

    private void end(Throwable failure) {
        if (!isOver) {
            isOver = true;
            reader.failed(body, failure);
        }
    }
}
