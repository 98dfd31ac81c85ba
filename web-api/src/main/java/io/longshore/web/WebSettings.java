package io.longshore.web;

import io.longshore.inference.WireSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.List;

/** The {@link WireSettings} that the engine's shell provides as a bean, or their defaults where nobody does. */
@ApplicationScoped
public class WebSettings {
    /** The extensions served on every wire, by the names that Triton gives them. */
    public static final List<String> EXTENSIONS = List.of(
            "classification",
            "sequence",
            "model_repository",
            "model_repository(unload_dependents)",
            "schedule_policy",
            "model_configuration",
            "system_shared_memory",
            "cuda_shared_memory",
            "binary_tensor_data",
            "parameters",
            "statistics",
            "trace",
            "logging");

    @Inject
    private Instance<WireSettings> provided;

    /** The settings. */
    public WireSettings get() {
        return provided.isResolvable() ? provided.get() : WireSettings.DEFAULT;
    }
}
