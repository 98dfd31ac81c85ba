package io.longshore.web.metrics;

import io.longshore.inference.FailureReason;
import io.longshore.inference.ServerMetrics.CacheLoad;
import io.longshore.inference.ServerMetrics.RequestMemory;
import io.longshore.inference.ServerMetrics.ServerLoad;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Metrics of the server as a whole, and of the machine that it runs on. */
final class ServerFamilies {
    private ServerFamilies() {}

    /** The server. */
    static List<MetricSnapshot> of(ServerLoad load, String version) {
        RequestMemory memory = load.memory();
        return List.of(
                InfoSnapshot.builder()
                        .name("longshore_build")
                        .help("The version of Longshore")
                        .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                                .labels(Labels.of("version", version))
                                .build())
                        .build(),
                gauge(
                        "longshore_server_requests_in_flight",
                        "Requests accepted and not over, of all models",
                        load.requestsInFlight()),
                gauge("longshore_request_memory_bytes", "Bytes of requests and responses in flight", memory.inUse()),
                gauge("longshore_request_memory_limit_bytes", "Bytes that these may come to", memory.limit()),
                CounterSnapshot.builder()
                        .name("longshore_request_memory_refusals")
                        .help("How often the limit has refused memory")
                        .dataPoint(counter(Labels.EMPTY, memory.refusals()))
                        .build(),
                refusals(load));
    }

    /** The response cache, under the names and in the units of Triton's local cache, which has gauges only. */
    static List<MetricSnapshot> of(CacheLoad cache) {
        return List.of(
                gauge(
                        "nv_cache_util",
                        "Part of the response cache that is filled, 0 to 1",
                        (double) cache.byteSize() / cache.limit()),
                gauge("nv_cache_num_entries", "Responses in the cache", cache.entries()),
                gauge("nv_cache_num_lookups", "Look-ups of responses", cache.hits() + cache.misses()),
                gauge("nv_cache_num_hits", "Look-ups that found a response", cache.hits()),
                gauge("nv_cache_num_misses", "Look-ups that found none", cache.misses()),
                gauge("nv_cache_num_evictions", "Responses that made room for others", cache.evictions()),
                gauge("nv_cache_lookup_duration", "Microseconds of look-ups", micros(cache.lookupNanos())),
                gauge(
                        "nv_cache_insertion_duration",
                        "Microseconds of storing responses",
                        micros(cache.insertionNanos())));
    }

    private static long micros(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos);
    }

    /** The machine, under Triton's names. */
    static List<MetricSnapshot> of(MachineUsage.Reading machine) {
        return List.of(
                gauge(
                        "nv_cpu_utilization",
                        "Part of the processors' time that was used, 0 to 1",
                        machine.utilization()),
                gauge("nv_cpu_memory_total_bytes", "Memory of the machine", machine.totalBytes()),
                gauge("nv_cpu_memory_used_bytes", "Memory of the machine that is in use", machine.usedBytes()));
    }

    private static MetricSnapshot gauge(String name, String help, Number value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(value.doubleValue())
                        .build())
                .build();
    }

    private static MetricSnapshot refusals(ServerLoad load) {
        CounterSnapshot.Builder family = CounterSnapshot.builder()
                .name("longshore_requests_refused")
                .help("Requests that were refused before they came to a queue");
        for (FailureReason reason : FailureReason.values()) {
            family.dataPoint(
                    counter(Labels.of("reason", reason.name()), load.refusals().getOrDefault(reason, 0L)));
        }
        return family.build();
    }

    private static CounterDataPointSnapshot counter(Labels labels, Number value) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value(value.doubleValue())
                .build();
    }
}
