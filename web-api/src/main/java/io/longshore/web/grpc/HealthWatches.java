package io.longshore.web.grpc;

import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.ServerCallStreamObserver;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ReadinessFeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The streams of {@code Health/Watch}: each is told the status of its service at once and whenever it has changed. After a
 * change of readiness every service that is watched is looked at once, on a thread of its own, so that whoever made the
 * change goes on; changes that come meanwhile are seen by the next look. Thread-safe.
 */
final class HealthWatches implements AutoCloseable {
    /** Streams at once. */
    static final int MOST = 1000;

    private static final int IDLE_SECONDS = 10;

    private final Function<String, ServingStatus> look;
    private final ThreadPoolExecutor thread;
    private final ReadinessFeed.Listening listening;
    private final AtomicBoolean lookIsDue = new AtomicBoolean();
    private final Map<String, Set<Watcher>> watchers = new HashMap<>();
    private int count;
    private boolean closed;

    /**
     * @param look the status of a service now
     * @param feed tells when to look
     * @param threads makes the thread that looks; there is none while nobody watches
     */
    HealthWatches(Function<String, ServingStatus> look, ReadinessFeed feed, ThreadFactory threads) {
        this.look = look;
        thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        thread.allowCoreThreadTimeOut(true);
        listening = feed.listen(this::changed);
    }

    /** Begins a stream, or refuses it where there are too many. */
    void add(String service, ServerCallStreamObserver<HealthCheckResponse> stream) {
        Watcher watcher = new Watcher(stream);
        stream.setOnReadyHandler(watcher::send);
        stream.setOnCancelHandler(() -> remove(service, watcher));
        String refusal = accept(service, watcher);
        if (refusal != null) {
            watcher.end(refusal);
        } else {
            changed();
        }
    }

    private synchronized @Nullable String accept(String service, Watcher watcher) {
        if (closed) {
            return "the server is stopping";
        }
        if (count >= MOST) {
            return "health is watched by " + MOST + " streams, and no more are taken; use Check";
        }
        count++;
        watchers.computeIfAbsent(service, absent -> new LinkedHashSet<>()).add(watcher);
        return null;
    }

    private synchronized void remove(String service, Watcher watcher) {
        Set<Watcher> ofService = watchers.get(service);
        if (ofService != null && ofService.remove(watcher)) {
            count--;
            if (ofService.isEmpty()) {
                watchers.remove(service);
            }
        }
    }

    private synchronized void changed() {
        if (!closed && count > 0 && lookIsDue.compareAndSet(false, true)) {
            thread.execute(this::lookAtAll);
        }
    }

    private void lookAtAll() {
        lookIsDue.set(false);
        for (String service : services()) {
            ServingStatus status = look.apply(service);
            of(service).forEach(watcher -> watcher.tell(status));
        }
    }

    private synchronized List<String> services() {
        return List.copyOf(watchers.keySet());
    }

    private synchronized List<Watcher> of(String service) {
        return List.copyOf(watchers.getOrDefault(service, Set.of()));
    }

    /** Ends all streams; their clients are to ask again elsewhere. */
    @Override
    public void close() {
        listening.close();
        List<Watcher> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            watchers.values().forEach(left::addAll);
            watchers.clear();
            count = 0;
        }
        left.forEach(watcher -> watcher.end("the server is stopping"));
        thread.shutdown();
    }

    /** One stream. A client that does not read is told the last status alone once it does. */
    private static final class Watcher {
        private final ServerCallStreamObserver<HealthCheckResponse> stream;
        private @Nullable ServingStatus wanted;
        private @Nullable ServingStatus sent;
        private boolean ended;

        Watcher(ServerCallStreamObserver<HealthCheckResponse> stream) {
            this.stream = stream;
        }

        synchronized void tell(ServingStatus status) {
            wanted = status;
            send();
        }

        synchronized void send() {
            ServingStatus next = wanted;
            if (!ended && next != null && next != sent && !stream.isCancelled() && stream.isReady()) {
                sent = next;
                stream.onNext(HealthCheckResponse.newBuilder().setStatus(next).build());
            }
        }

        synchronized void end(String why) {
            if (!ended && !stream.isCancelled()) {
                stream.onError(GrpcStatus.of(new InferenceException(ErrorCode.UNAVAILABLE, why))
                        .asRuntimeException());
            }
            ended = true;
        }
    }
}
