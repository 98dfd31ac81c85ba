package io.longshore.web.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Writes answers. A small one fits into the socket's buffer, so whichever thread has it writes it; a large one is written
 * as the client takes it, and no thread waits for that.
 */
public final class AnswerWriter {
    /** Answers up to this size are written by the calling thread; the send buffer of a socket is larger. */
    public static final int SMALL_BYTES = 64 << 10;

    private static final Logger LOG = System.getLogger(AnswerWriter.class.getName());

    private AnswerWriter() {}

    /** Writes the whole answer on this thread and closes it. A client that is gone is none of our concern. */
    public static void writeNow(Answer answer, HttpServletResponse response) {
        try (answer) {
            answer.writeHead(response);
            AnswerBody body = new AnswerBody(answer.parts());
            ServletOutputStream out = response.getOutputStream();
            while (!body.isDone()) {
                body.writePiece(out);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the client went away before its answer was written", e);
        }
    }

    /** Writes the answer whenever the client takes bytes, then closes it and completes the context. Returns at once. */
    public static void writeAsClientReads(Answer answer, AsyncContext context) throws IOException {
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        response.setBufferSize(AnswerBody.PIECE_BYTES);
        answer.writeHead(response);
        ServletOutputStream out = response.getOutputStream();
        out.setWriteListener(new Pump(answer, new AnswerBody(answer.parts()), out, context));
    }

    /** Writes as long as the stream takes more, and waits to be called again otherwise. */
    private record Pump(Answer answer, AnswerBody body, ServletOutputStream out, AsyncContext context)
            implements WriteListener {
        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (body.isDone()) {
                    end();
                    return;
                }
                body.writePiece(out);
            }
        }

        @Override
        public void onError(Throwable failure) {
            LOG.log(Level.DEBUG, "the client went away before its answer was written", failure);
            end();
        }

        private void end() {
            answer.close();
            context.complete();
        }
    }
}
