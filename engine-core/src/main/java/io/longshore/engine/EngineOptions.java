package io.longshore.engine;

import io.longshore.model.ResourceLimit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an operator decides about the engine.
 *
 * @param mode who decides which models are loaded
 * @param loadAtStart in explicit mode, the models to load at the start; {@code *} = all
 * @param pollInterval how often the repository is looked at in poll mode
 * @param strictReadiness whether the server is ready only when every model is
 * @param autoComplete whether backends may fill what configurations leave open
 * @param maxQueueSize requests that may wait for a model whose configuration says nothing
 * @param backendSettings settings for backends, by backend name
 * @param loading what a load may do
 * @param instances what holds for the instances of all models
 */
public record EngineOptions(
        ControlMode mode,
        Set<String> loadAtStart,
        Duration pollInterval,
        boolean strictReadiness,
        boolean autoComplete,
        int maxQueueSize,
        Map<String, Map<String, String>> backendSettings,
        Loading loading,
        Instances instances) {
    /** In {@link #loadAtStart}: every model of the repository. */
    public static final String ALL_MODELS = "*";

    /** The defaults: all models at the start, strict readiness, completion by backends. */
    public static final EngineOptions DEFAULT =
            new EngineOptions(ControlMode.NONE, Set.of(), Duration.ofSeconds(15), true, true, 8192, Map.of());

    public EngineOptions {
        loadAtStart = Set.copyOf(loadAtStart);
        backendSettings = Map.copyOf(backendSettings);
        if (pollInterval.isNegative() || pollInterval.isZero()) {
            throw new IllegalArgumentException("the poll interval is positive, got " + pollInterval);
        }
    }

    /** Options whose loads are not tried again, and take no uploads, for instances as usual. */
    public EngineOptions(
            ControlMode mode,
            Set<String> loadAtStart,
            Duration pollInterval,
            boolean strictReadiness,
            boolean autoComplete,
            int maxQueueSize,
            Map<String, Map<String, String>> backendSettings) {
        this(
                mode,
                loadAtStart,
                pollInterval,
                strictReadiness,
                autoComplete,
                maxQueueSize,
                backendSettings,
                Loading.DEFAULT,
                Instances.DEFAULT);
    }

    /**
     * What a load may do.
     *
     * @param retries how often a version that its backend failed to load is tried again
     * @param uploadAllowed whether clients may upload the files of models, which may be code
     * @param uploadLimit bytes of all uploaded files together
     */
    public record Loading(int retries, boolean uploadAllowed, long uploadLimit) {
        /** One try, no uploads. */
        public static final Loading DEFAULT = new Loading(0, false, 8L << 30);
    }

    /**
     * What holds for the instances of all models.
     *
     * @param stuckAfter how long an execution may take before its instance counts as stuck; zero = never
     * @param resources how much there is of some resources that instances share; empty = what instances need is not looked at
     */
    public record Instances(Duration stuckAfter, Optional<List<ResourceLimit>> resources) {
        /** A minute, and no limits. */
        public static final Instances DEFAULT = new Instances(Duration.ofMinutes(1), Optional.empty());
    }

    /** Who decides which models are loaded ({@code --model-control-mode}). */
    public enum ControlMode {
        /** All models, once, at the start. */
        NONE,
        /** All models, followed as the repository changes. */
        POLL,
        /** Whoever calls the model control port. */
        EXPLICIT
    }

    /** These options in another mode. */
    public EngineOptions withMode(ControlMode value) {
        return new EngineOptions(
                value,
                loadAtStart,
                pollInterval,
                strictReadiness,
                autoComplete,
                maxQueueSize,
                backendSettings,
                loading,
                instances);
    }

    /** These options with other loads. */
    public EngineOptions withLoading(Loading value) {
        return new EngineOptions(
                mode,
                loadAtStart,
                pollInterval,
                strictReadiness,
                autoComplete,
                maxQueueSize,
                backendSettings,
                value,
                instances);
    }

    /** These options for other instances. */
    public EngineOptions withInstances(Instances value) {
        return new EngineOptions(
                mode,
                loadAtStart,
                pollInterval,
                strictReadiness,
                autoComplete,
                maxQueueSize,
                backendSettings,
                loading,
                value);
    }
}
