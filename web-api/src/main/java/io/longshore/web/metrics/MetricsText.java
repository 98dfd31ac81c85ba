package io.longshore.web.metrics;

import io.longshore.inference.MetricsSettings;
import io.longshore.inference.ModelMetrics;
import io.longshore.inference.ServerMetrics;
import io.longshore.inference.ServerMetrics.ServerLoad;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * All metrics in Prometheus' classic text format. Everything is read when it is asked for, once, and nothing is kept of a
 * model that is gone. Thread-safe.
 */
final class MetricsText {
    private final ServerMetrics metrics;
    private final MetricsSettings settings;
    private final String serverVersion;
    private final MachineUsage machine;
    private final PrometheusRegistry jvm = new PrometheusRegistry();

    MetricsText(ServerMetrics metrics, MetricsSettings settings, String serverVersion, MachineUsage machine) {
        this.metrics = metrics;
        this.settings = settings;
        this.serverVersion = serverVersion;
        this.machine = machine;
        registerJvm();
    }

    /** All but the ones that listen to the collector's notifications, which would outlive the application. */
    private void registerJvm() {
        JvmThreadsMetrics.builder().register(jvm);
        JvmBufferPoolMetrics.builder().register(jvm);
        JvmClassLoadingMetrics.builder().register(jvm);
        JvmGarbageCollectorMetrics.builder().register(jvm);
        JvmMemoryMetrics.builder().register(jvm);
        JvmRuntimeInfoMetric.builder().register(jvm);
        ProcessMetrics.builder().register(jvm);
    }

    /** The text in UTF-8. */
    byte[] write() {
        List<ModelMetrics> models = metrics.models();
        CounterText counters = new CounterText();
        ModelCounters.write(models, settings.latencyCounters(), counters);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(counters.toString().getBytes(StandardCharsets.UTF_8));
        try {
            PrometheusTextFormatWriter.create().write(text, families(models), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return text.toByteArray();
    }

    private MetricSnapshots families(List<ModelMetrics> models) {
        List<MetricSnapshot> families = new ArrayList<>(ModelFamilies.of(models, settings.latencyHistograms()));
        ServerLoad load = metrics.load();
        families.addAll(ServerFamilies.of(load, serverVersion));
        if (load.cache() != null) {
            families.addAll(ServerFamilies.of(load.cache()));
        }
        if (settings.machine()) {
            machine.read().ifPresent(reading -> families.addAll(ServerFamilies.of(reading)));
        }
        jvm.scrape().forEach(families::add);
        return new MetricSnapshots(families);
    }
}
