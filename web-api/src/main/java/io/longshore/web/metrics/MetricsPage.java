package io.longshore.web.metrics;

import io.longshore.inference.MetricsSettings;
import io.longshore.inference.ServerMetrics;
import io.longshore.inference.Ticker;
import io.longshore.web.WebSettings;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of this server as a page that several ports may show. What writes it is made when it is first asked for, so
 * that a start does not wait for it. Thread-safe.
 */
@ApplicationScoped
public class MetricsPage {
    /** The type of the page's content. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    @Inject
    private ServerMetrics metrics;

    @Inject
    private MetricsSettings settings;

    @Inject
    private WebSettings web;

    @SuppressWarnings("NullAway.Init") // The container calls begin() before anything else.
    private MachineUsage machine;

    private @Nullable MetricsText text;

    @PostConstruct
    void begin() {
        machine = new MachineUsage(Path.of("/proc"), settings.interval(), Ticker.SYSTEM);
    }

    /** What is shown, and where. */
    public MetricsSettings settings() {
        return settings;
    }

    /** The page as it is now, in UTF-8. */
    public byte[] content() {
        return text().write();
    }

    private synchronized MetricsText text() {
        MetricsText made = text;
        if (made == null) {
            made = new MetricsText(metrics, settings, web.get().serverVersion(), machine);
            text = made;
        }
        return made;
    }
}
