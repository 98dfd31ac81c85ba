package io.longshore.web.metrics;

import io.longshore.inference.MetricsSettings;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Opens the port for metrics with the web module and closes it at the module's end. */
public class MetricsEndpoint implements ServletContextListener {
    private static final Logger LOG = System.getLogger(MetricsEndpoint.class.getName());

    @Inject
    private MetricsPage page;

    @Inject
    private ThreadFactory threads;

    private @Nullable MetricsServer server;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        MetricsSettings settings = page.settings();
        if (!settings.enabled()) {
            return;
        }
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
        MetricsServer running = server;
        server = null;
        if (running != null) {
            running.close();
        }
    }
}
