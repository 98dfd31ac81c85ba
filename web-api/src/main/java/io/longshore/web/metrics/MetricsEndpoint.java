package io.longshore.web.metrics;

import io.longshore.inference.MetricsSettings;
import io.longshore.inference.ServerMetrics;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Opens the port for metrics with the web module, and MicroProfile's registry where there is one, and closes both at its end. */
public class MetricsEndpoint implements ServletContextListener {
    private static final Logger LOG = System.getLogger(MetricsEndpoint.class.getName());

    @Inject
    private MetricsPage page;

    @Inject
    private ServerMetrics metrics;

    @Inject
    private ThreadFactory threads;

    private @Nullable MetricsServer server;
    private @Nullable AutoCloseable registry;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        MetricsSettings settings = page.settings();
        if (settings.enabled()) {
            listen(settings);
            if (hasMicroProfile()) {
                registry = MicroProfileMetrics.start(metrics, settings.interval(), threads);
            }
        }
    }

    /** Whether the server has the feature mpMetrics, whose classes it shows to applications only then. */
    private static boolean hasMicroProfile() {
        try {
            Class.forName(
                    "org.eclipse.microprofile.metrics.MetricRegistry", false, MetricsEndpoint.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException without) {
            return false;
        }
    }

    private void listen(MetricsSettings settings) {
        String where = settings.address() + ":" + settings.port();
        try {
            server = MetricsServer.start(settings.address(), settings.port(), threads, page::content);
            LOG.log(Level.INFO, "metrics are served at " + where);
        } catch (IOException e) {
            LOG.log(
                    Level.ERROR,
                    "metrics are not served: cannot listen on " + where + " (" + e.getMessage()
                            + "); choose another longshore.metrics.port or longshore.metrics.address, or set"
                            + " longshore.metrics.enabled=false");
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        close(server);
        close(registry);
        server = null;
        registry = null;
    }

    private static void close(@Nullable AutoCloseable opened) {
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (Exception e) {
            LOG.log(Level.WARNING, "a part of the metrics could not be closed", e);
        }
    }
}
