package io.longshore.web.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes answers. A small one fits into the send buffer of a socket, so whichever thread has it writes it. A large one may
 * have to wait for its client, so it gets a thread of its own, of which there are a limited number: Liberty 26.0.0.3 writes
 * blocking even where a {@code WriteListener} is set, so a slow client always holds a thread, and it must not be one that
 * others need. A client that takes nothing at all is cut off by the container's {@code writeTimeout}. Thread-safe.
 */
public final class AnswerWriter implements AutoCloseable {
    /** Answers up to this size are written by the calling thread. */
    public static final int SMALL_BYTES = 64 << 10;

    private static final Logger LOG = System.getLogger(AnswerWriter.class.getName());
    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads;

    /** @param maxThreads large answers that may be under way at once */
    public AnswerWriter(int maxThreads) {
        AtomicInteger count = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                0, maxThreads, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), action -> {
                    Thread thread = new Thread(action, "longshore-write-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Runs something that may wait for a client on a thread of its own.
     *
     * @return false if as many clients as allowed are being waited for; the action will not run then
     */
    public boolean run(Runnable action) {
        try {
            threads.execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "no thread is left for a large answer", e);
            return false;
        }
    }

    /** Writes the whole answer on this thread and closes it. A client that is gone is none of our concern. */
    public static void write(Answer answer, HttpServletResponse response) {
        try (answer) {
            if (answer.byteSize() > SMALL_BYTES) {
                response.setBufferSize(AnswerBody.PIECE_BYTES);
            }
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

    /** Ends the threads; answers under way are cut off. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
