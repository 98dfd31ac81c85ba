package io.longshore.web.http;

import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Lets a few threads at a time read bodies the quick way, which may block, and bounds how many.
 *
 * <p>A servlet cannot ask whether a body has arrived: before the first read Liberty's {@code available()} is 0 and
 * {@code isReady()} true whatever is there. Reading takes microseconds where the body came along with its headers, as
 * nearly all do, and holds the thread where it did not. The other way, a read listener, holds no thread and costs a hop to
 * another one for every request. So a request reads at once while fewer than {@code permits} others are doing so, and with
 * a listener otherwise: clients that dribble their bodies take at most {@code permits} threads and the others do not wait
 * for them. Thread-safe.
 */
public final class ReadGate {
    private final Semaphore permits;

    /** @param permits threads that may wait for bytes at once */
    public ReadGate(int permits) {
        this.permits = new Semaphore(permits);
    }

    /**
     * Reads what is there if a permit is free, waiting at most for the first bytes.
     *
     * @return whether the body is complete; if not, the rest is to be read with a listener
     * @throws IOException if the client went away
     * @throws io.longshore.inference.InferenceException if the body is larger than allowed or ended early
     */
    public boolean readArrived(BodyBuffer body, ServletInputStream in) throws IOException {
        if (body.isFull()) {
            return true;
        }
        if (!permits.tryAcquire()) {
            return false;
        }
        try {
            boolean more = body.readFrom(in);
            while (more && (in.available() > 0 || in.isFinished())) {
                more = body.readFrom(in);
            }
            return !more;
        } finally {
            permits.release();
        }
    }
}
