package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.spi.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * One or several requests on one instance. The execution is over when the backend's call has returned and every item has had
 * its end, in either order; then {@code whenOver} is told, and only after that the ends that are left go to the callers: so
 * the instance serves somebody else while an answer is written. Where some items have their end later than the call returns,
 * the others do not wait for them.
 *
 * <p>An execution that is {@linkplain #abandon abandoned} is over without a word to any caller: its requests are still to be
 * served.
 *
 * <p>Thread-safe. The lock guards the ends; no call leaves this object while it is held.
 */
final class RequestExecution implements Execution {
    private final List<RequestItem> items;
    private final ExecutionTools tools;
    private final StuckWatch.Place watched;
    private final Consumer<RequestExecution> whenOver;
    private int open;
    private boolean returned;
    private boolean abandoned;
    private volatile boolean instanceBroken;

    /**
     * @param requests at least one
     * @param batched whether the first dimension of every input counts rows
     * @param watched where the instance is watched; told of answers, not of begin and end
     * @param whenOver told once
     */
    RequestExecution(
            List<PendingRequest> requests,
            boolean batched,
            ExecutionTools tools,
            StuckWatch.Place watched,
            Consumer<RequestExecution> whenOver) {
        this.tools = tools;
        this.watched = watched;
        this.items = new ArrayList<>(requests.size());
        for (PendingRequest request : requests) {
            items.add(new RequestItem(request, batched ? request.rows() : 1, tools, this));
        }
        this.whenOver = whenOver;
        this.open = items.size();
    }

    @Override
    public List<RequestItem> items() {
        return items;
    }

    /** The present time of the engine's ticker. */
    long now() {
        return tools.ticker().nanos();
    }

    /** Whether its requests are still to be served. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** Whether the backend's call has thrown, so that the instance must not be used again. */
    boolean isInstanceBroken() {
        return instanceBroken;
    }

    /** Notes that an item has got an answer that is not its last. */
    void progressed() {
        watched.progress();
    }

    synchronized boolean isEnded(RequestItem item) {
        return abandoned || item.end() != null;
    }

    /** Notes an item's end, and tells it where the backend's call has returned; false if the item has had its end. */
    boolean tryEnd(RequestItem item, Runnable answer, boolean failure) {
        boolean last;
        synchronized (this) {
            if (isEnded(item)) {
                return false;
            }
            item.endWith(answer, failure);
            open--;
            if (!returned) {
                return true;
            }
            last = open == 0;
        }
        finish(List.of(item), last);
        return true;
    }

    /** Ends the execution, none of whose items has had its end, so that its requests can be executed otherwise. */
    void abandon() {
        synchronized (this) {
            abandoned = true;
            open = 0;
            if (!returned) {
                return;
            }
        }
        whenOver.accept(this);
    }

    /** Has its requests, for which there is no memory together, executed in smaller batches; a single one fails. */
    void splitOrFail(RuntimeException refusal) {
        if (items.size() > 1) {
            abandon();
        } else {
            String reason = String.valueOf(refusal.getMessage());
            items.get(0).fail(new InferenceException(ErrorCode.UNAVAILABLE, reason, refusal));
        }
    }

    /** Says that the backend's call has returned. */
    void returned() {
        List<RequestItem> ended;
        boolean last;
        synchronized (this) {
            returned = true;
            last = open == 0;
            ended = last ? items : ended();
        }
        finish(ended, last);
    }

    private List<RequestItem> ended() {
        return items.stream().filter(item -> item.end() != null).toList();
    }

    /** Says that the backend's call has thrown, which breaks the instance; items without an end fail. */
    void crashed(String model, Throwable failure) {
        instanceBroken = true;
        for (RequestItem item : items) {
            tryEnd(
                    item,
                    () -> item.request()
                            .fail(new InferenceException(
                                    ErrorCode.INTERNAL,
                                    "model '" + model + "' failed unexpectedly: " + failure,
                                    failure)),
                    true);
        }
        returned();
    }

    private void finish(List<RequestItem> ended, boolean last) {
        try {
            if (last) {
                whenOver.accept(this);
            }
        } finally {
            if (!abandoned) {
                ended.forEach(RequestExecution::tell);
            }
        }
    }

    private static void tell(RequestItem item) {
        item.request().inTurn(() -> {
            try {
                Objects.requireNonNull(item.end()).run();
            } finally {
                item.request().over();
            }
        });
    }
}
