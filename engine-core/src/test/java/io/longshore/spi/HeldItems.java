package io.longshore.spi;

import io.longshore.inference.Parameters;
import java.util.ArrayDeque;
import java.util.Deque;
import org.assertj.core.api.Assertions;

/** Holds executions open until a test ends them. Thread-safe. */
public final class HeldItems implements FakeBehaviour {
    private final Deque<ExecutionItem> held = new ArrayDeque<>();

    @Override
    public synchronized void execute(ExecutionItem item) {
        held.add(item);
    }

    /** The item that was held first, which stays. */
    public synchronized ExecutionItem first() {
        Assertions.assertThat(held).as("items held").isNotEmpty();
        return held.element();
    }

    /** Takes out the item that was held first. */
    public synchronized ExecutionItem take() {
        Assertions.assertThat(held).as("items held").isNotEmpty();
        return held.remove();
    }

    /** Answers the item that was held first. */
    public void answerNext() {
        ExecutionItem item = take();
        item.respond(FakeBehaviour.echoOf(item), Parameters.NONE, true);
    }

    /** Answers all items; the number of those there were. */
    public int answerAll() {
        int answered = 0;
        while (size() > 0) {
            answerNext();
            answered++;
        }
        return answered;
    }

    /** Items that are held. */
    public synchronized int size() {
        return held.size();
    }
}
