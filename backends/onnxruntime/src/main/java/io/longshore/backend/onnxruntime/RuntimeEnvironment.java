package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtEnvironment.ThreadingOptions;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import io.longshore.spi.BackendException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts the native runtime on first use: with telemetry off, and without leaving its unpacked libraries behind. The
 * runtime knows one environment a process, so the first settings hold. Thread-safe.
 */
final class RuntimeEnvironment {
    private static final Logger LOG = System.getLogger(RuntimeEnvironment.class.getName());
    private static final String NAME = "longshore";
    /** Read by the native runtime when it starts; the call that turns telemetry off comes too late for its first events. */
    private static final String TELEMETRY_SWITCH = "ORT_DISABLE_TELEMETRY";

    private @Nullable OrtEnvironment environment;

    /**
     * The environment.
     *
     * @throws BackendException if the native library cannot be loaded
     */
    synchronized OrtEnvironment get(BackendSettings settings) throws BackendException {
        OrtEnvironment started = environment;
        if (started == null) {
            started = start(settings);
            environment = started;
        }
        return started;
    }

    private static OrtEnvironment start(BackendSettings settings) throws BackendException {
        try {
            OrtEnvironment started = settings.useGlobalThreadPool() ? withGlobalThreads(settings) : plain();
            started.setTelemetry(false);
            warnOfTelemetry(System.getenv());
            ShutdownGuard.holdEnvironment(NAME);
            UnpackedLibraries.remove();
            return started;
        } catch (OrtException | RuntimeException | LinkageError e) {
            throw new BackendException("ONNX Runtime cannot be started: " + e, e);
        }
    }

    private static OrtEnvironment plain() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, NAME);
    }

    private static OrtEnvironment withGlobalThreads(BackendSettings settings) throws OrtException {
        try (ThreadingOptions threads = new ThreadingOptions()) {
            threads.setGlobalIntraOpNumThreads(settings.intraOpThreadCount().orElse(0));
            threads.setGlobalInterOpNumThreads(settings.interOpThreadCount().orElse(0));
            threads.setGlobalSpinControl(false);
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, NAME, threads);
        } catch (IllegalStateException e) {
            // This process has an environment already, from before a redeployment. Its threads are used; if it has no
            // pool of them, opening a session says so.
            LOG.log(Level.DEBUG, "ONNX Runtime runs already", e);
            return plain();
        }
    }

    private static void warnOfTelemetry(Map<String, String> variables) {
        if (!variables.containsKey(TELEMETRY_SWITCH)) {
            LOG.log(
                    Level.WARNING,
                    "ONNX Runtime''s telemetry was turned off after its start, which may have noted an id below"
                            + " ~/.cache/Microsoft; set {0}=1 in the server''s environment to keep it from starting",
                    TELEMETRY_SWITCH);
        }
    }
}
