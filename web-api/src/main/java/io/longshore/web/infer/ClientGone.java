package io.longshore.web.infer;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * Withdraws the inference when the container says that the exchange has failed.
 *
 * @param abandon what withdraws it; nothing happens once the answer was given
 */
record ClientGone(Runnable abandon) implements AsyncListener {
    @Override
    public void onError(AsyncEvent event) {
        abandon.run();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        abandon.run();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        abandon.run();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
