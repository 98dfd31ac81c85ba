package io.longshore.web.access;

import io.longshore.inference.AccessRules;
import io.longshore.web.WebSettings;
import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.EnumSet;

/** Puts the filter before all others where something is restricted, and nothing where nothing is. */
public class AccessGuard implements ServletContextListener {
    @Inject
    private WebSettings settings;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        guard(event.getServletContext(), settings.get().httpAccess());
    }

    static void guard(ServletContext context, AccessRules rules) {
        if (rules.isEmpty()) {
            return;
        }
        FilterRegistration.Dynamic filter = context.addFilter("access", new AccessFilter(rules));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }
}
