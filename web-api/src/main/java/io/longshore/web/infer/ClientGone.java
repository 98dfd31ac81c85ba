package io.longshore.web.infer;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/** Withdraws the inference when the container says that the exchange has failed. */
record ClientGone(PendingAnswer pending) implements AsyncListener {
    @Override
    public void onError(AsyncEvent event) {
        pending.abandon();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        pending.abandon();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        pending.abandon();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
