package io.longshore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An item of an execution that keeps what a backend makes of it, and holds the backend to the contract of
 * {@link ExecutionItem}: a call after the end is counted and refused. Thread-safe.
 */
public final class RecordingItem implements ExecutionItem {
    private static final int PATIENCE_SECONDS = 60;

    private final List<Tensor> inputs;
    private final List<String> wanted;
    private final FakeContext context;
    private final Parameters parameters;
    private final List<Response> responses = new ArrayList<>();
    private final CompletableFuture<Optional<InferenceException>> end = new CompletableFuture<>();
    private final List<String> marks = new ArrayList<>();
    private int callsAfterEnd;

    /**
     * @param inputs the item owns one reference to each
     * @param wanted names of outputs
     */
    public RecordingItem(List<Tensor> inputs, List<String> wanted, FakeContext context, Parameters parameters) {
        this.inputs = List.copyOf(inputs);
        this.wanted = List.copyOf(wanted);
        this.context = context;
        this.parameters = parameters;
    }

    /** What a backend gave. */
    public record Response(List<Tensor> outputs, Parameters parameters, boolean isFinal) {}

    @Override
    public String requestId() {
        return "";
    }

    @Override
    public List<Tensor> inputs() {
        return inputs;
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public List<String> outputs() {
        return wanted;
    }

    @Override
    public FakeContext context() {
        return context;
    }

    @Override
    public synchronized void inputsReady() {
        marks.add("inputs ready");
    }

    @Override
    public synchronized void outputsBegun() {
        marks.add("outputs begun");
    }

    /** What the backend has marked so far, in order. */
    public synchronized List<String> marks() {
        return List.copyOf(marks);
    }

    @Override
    public synchronized void respond(List<Tensor> outputs, Parameters given, boolean isFinal) {
        checkOpen();
        responses.add(new Response(List.copyOf(outputs), given, isFinal));
        if (isFinal) {
            end.complete(Optional.empty());
        }
    }

    @Override
    public synchronized void fail(InferenceException failure) {
        checkOpen();
        end.complete(Optional.of(failure));
    }

    /** Waits for the end; fails the test where none comes. */
    public RecordingItem awaitEnd() {
        assertThat(end).as("end of the item").succeedsWithin(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return this;
    }

    /** Waits for a failure and gives it; fails the test where the item was answered. */
    public InferenceException failure() {
        awaitEnd();
        Optional<InferenceException> failure = end.join();
        assertThat(failure).as("failure of the item").isPresent();
        return failure.orElseThrow();
    }

    /** Waits for the end; whether it is a failure. */
    public boolean hasFailed() {
        return awaitEnd().end.join().isPresent();
    }

    /** Waits for the end and gives the outputs of the one response; fails the test where there is not just one. */
    public List<Tensor> answer() {
        List<Response> all = responses();
        assertThat(all).as("responses to the item").hasSize(1);
        return all.get(0).outputs();
    }

    /** Waits for an end without failure and gives all responses. */
    public List<Response> responses() {
        awaitEnd();
        assertThat(end.join()).as("failure of the item").isEmpty();
        synchronized (this) {
            return List.copyOf(responses);
        }
    }

    /** Whether the end has come. */
    public boolean isEnded() {
        return end.isDone();
    }

    /** Calls that came after the end; zero for a backend that keeps the contract. */
    public synchronized int callsAfterEnd() {
        return callsAfterEnd;
    }

    /** Ends the references to the inputs and to all outputs received. */
    public synchronized void release() {
        inputs.forEach(Tensor::release);
        for (Response response : responses) {
            response.outputs().forEach(Tensor::release);
        }
    }

    private void checkOpen() {
        if (end.isDone()) {
            callsAfterEnd++;
            throw new IllegalStateException("the item has had its end");
        }
    }
}
