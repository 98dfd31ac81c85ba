package io.longshore.web.metrics;

import io.longshore.inference.ServerMetrics;
import jakarta.enterprise.inject.spi.Unmanaged;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Shows the counters and gauges of models in MicroProfile's registry, too, for a server that has the feature. The registry has
 * no counter that reads a value, so all are gauges there. It is told once an interval which versions there are and what
 * they have counted. Thread-safe.
 *
 * <p>Only for servers that have MicroProfile's classes: elsewhere this class cannot be loaded.
 */
final class MicroProfileMetrics implements AutoCloseable {
    private static final Logger LOG = System.getLogger(MicroProfileMetrics.class.getName());

    private final MetricRegistry registry;
    private final ServerMetrics metrics;
    private final ScheduledExecutorService timer;
    /** What the gauges show. */
    private final Map<MetricID, Double> values = new ConcurrentHashMap<>();

    /** @param threads gives the one thread that brings the registry up to date */
    MicroProfileMetrics(MetricRegistry registry, ServerMetrics metrics, ThreadFactory threads) {
        this.registry = registry;
        this.metrics = metrics;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = threads.newThread(task);
            thread.setName("longshore-metrics-registry");
            return thread;
        });
    }

    /** Begins to bring the application's registry up to date. */
    @SuppressWarnings("FutureReturnValueIgnored") // The task tells its failures itself.
    static MicroProfileMetrics start(ServerMetrics metrics, Duration interval, ThreadFactory threads) {
        // Liberty's producer looks at the field that is injected into; asked without one it gives null.
        Injected injected =
                new Unmanaged<>(Injected.class).newInstance().produce().inject().get();
        MicroProfileMetrics started =
                new MicroProfileMetrics(Objects.requireNonNull(injected.registry), metrics, threads);
        started.timer.scheduleWithFixedDelay(started::updateGuarded, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
        return started;
    }

    /** Where the container puts the application's registry. */
    static class Injected {
        @Inject
        @Nullable
        MetricRegistry registry;
    }

    private void updateGuarded() {
        try {
            update();
        } catch (RuntimeException e) {
            // An exception would end the timer.
            LOG.log(Level.WARNING, "MicroProfile's registry could not be brought up to date", e);
        }
    }

    /** Registers what is new, removes what is gone, and notes all values. */
    synchronized void update() {
        Map<MetricID, Series> series = new HashMap<>();
        metrics.models().stream()
                .flatMap(model -> Stream.concat(ModelCounters.of(model), ModelFamilies.of(model)))
                .forEach(each -> series.put(new MetricID(each.name(), tags(each)), each));
        List.copyOf(values.keySet()).stream()
                .filter(id -> !series.containsKey(id))
                .forEach(this::remove);
        series.forEach((id, each) -> {
            if (values.put(id, each.value()) == null) {
                register(id, each);
            }
        });
    }

    private void register(MetricID id, Series series) {
        Metadata metadata = Metadata.builder()
                .withName(series.name())
                .withDescription(series.help())
                .build();
        registry.gauge(metadata, () -> values.getOrDefault(id, 0.0), tags(series));
    }

    private void remove(MetricID id) {
        registry.remove(id);
        values.remove(id);
    }

    /** Without a model's own labels: MicroProfile wants the same tags wherever a metric has the same name. */
    private static Tag[] tags(Series series) {
        return series.labels().stream()
                .filter(label -> !label.getName().startsWith("_"))
                .map(label -> new Tag(label.getName(), label.getValue()))
                .toArray(Tag[]::new);
    }

    /** Ends the updates and takes everything out of the registry. */
    @Override
    public void close() {
        timer.shutdownNow();
        synchronized (this) {
            List.copyOf(values.keySet()).forEach(this::remove);
        }
    }
}
