package io.longshore.web;

import io.longshore.inference.WireSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

/** The {@link WireSettings} that the engine's shell provides as a bean, or their defaults where nobody does. */
@ApplicationScoped
public class WebSettings {
    @Inject
    private Instance<WireSettings> provided;

    /** The settings. */
    public WireSettings get() {
        return provided.isResolvable() ? provided.get() : WireSettings.DEFAULT;
    }
}
