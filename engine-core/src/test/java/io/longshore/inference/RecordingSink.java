package io.longshore.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what a request is answered, and holds the engine to the contract of {@link ResponseSink}. Thread-safe. */
public final class RecordingSink implements ResponseSink {
    private static final int PATIENCE_SECONDS = 60;

    private final List<InferenceResponse> responses = new ArrayList<>();
    private final List<InferenceException> failures = new ArrayList<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger violations = new AtomicInteger();

    @Override
    public void onResponse(InferenceResponse response, boolean isFinal) {
        told(() -> responses.add(response), isFinal);
    }

    @Override
    public void onError(InferenceException failure) {
        told(() -> failures.add(failure), true);
    }

    private void told(Runnable note, boolean isEnd) {
        if (inside.getAndIncrement() != 0 || end.isDone()) {
            violations.incrementAndGet();
        }
        synchronized (this) {
            note.run();
        }
        inside.decrementAndGet();
        if (isEnd) {
            end.complete(null);
        }
    }

    /** Whether the end has come. */
    public boolean isEnded() {
        return end.isDone();
    }

    /** Calls that came after the end, or while another was under way; zero for an engine that keeps the contract. */
    public int violations() {
        return violations.get();
    }

    /** Waits for the end; fails the test where none comes. */
    public RecordingSink awaitEnd() {
        assertThat(end).as("end of the request").succeedsWithin(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(violations()).as("calls that overlap or come after the end").isZero();
        return this;
    }

    /** Waits for the end, which must be a failure. */
    public InferenceException failure() {
        awaitEnd();
        synchronized (this) {
            assertThat(failures).as("failures").hasSize(1);
            return failures.get(0);
        }
    }

    /** Waits for the end, which must not be a failure, and gives all responses. */
    public List<InferenceResponse> responses() {
        awaitEnd();
        synchronized (this) {
            assertThat(failures).as("failures").isEmpty();
            return List.copyOf(responses);
        }
    }

    /** How the request ended: {@code "OK"} or the name of an error code; {@code "OPEN"} before the end. */
    public synchronized String outcome() {
        if (!end.isDone()) {
            return "OPEN";
        }
        return failures.isEmpty() ? "OK" : failures.get(0).code().name();
    }

    /** Ends the references to all outputs received. */
    public synchronized void release() {
        responses.forEach(InferenceResponse::release);
        responses.clear();
    }
}
