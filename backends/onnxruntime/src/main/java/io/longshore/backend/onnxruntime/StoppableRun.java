package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.RunOptions;
import io.longshore.inference.InferenceContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * One run that ends early when its request is withdrawn or expires. The runtime looks at the flag between operators, so a
 * single long operator runs to its end. Thread-safe.
 */
final class StoppableRun implements AutoCloseable {
    private static final Logger LOG = System.getLogger(StoppableRun.class.getName());
    private static final String SHRINK_ARENA = "memory.enable_memory_arena_shrinkage";

    private final RunOptions options;
    private boolean closed;

    private StoppableRun(RunOptions options) {
        this.options = options;
    }

    /**
     * Prepares a run.
     *
     * @param shrinkArena the arenas to shrink after it, or empty
     */
    static StoppableRun prepare(InferenceContext context, String shrinkArena) throws OrtException {
        StoppableRun run = new StoppableRun(new RunOptions());
        try {
            run.options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            if (!shrinkArena.isEmpty()) {
                run.options.addRunConfigEntry(SHRINK_ARENA, shrinkArena);
            }
            context.onCancel(run::stop);
            return run;
        } catch (OrtException | RuntimeException e) {
            run.close();
            throw e;
        }
    }

    /** What to give to the session. */
    RunOptions options() {
        return options;
    }

    private synchronized void stop() {
        if (!closed) {
            try {
                options.setTerminate(true);
            } catch (OrtException e) {
                LOG.log(Level.WARNING, "a withdrawn request runs on, the runtime refused to stop it", e);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            options.close();
        }
    }
}
