package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.RunOptions;
import io.longshore.inference.InferenceContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * An instance's options for its runs, which let a run end early when its request is withdrawn or expires. The runtime looks
 * at the flag between operators, so a single long operator runs to its end. Options that stopped a run are not used again;
 * all others are, since making them costs a small model a tenth of its time.
 *
 * <p>One run at a time; stopping it is allowed from any thread, at any time.
 */
final class StoppableRuns implements AutoCloseable {
    private static final Logger LOG = System.getLogger(StoppableRuns.class.getName());
    private static final String SHRINK_ARENA = "memory.enable_memory_arena_shrinkage";

    private final String shrinkArena;
    private @Nullable RunOptions spare;

    /** @param shrinkArena the arenas to shrink after a run, or empty */
    StoppableRuns(String shrinkArena) {
        this.shrinkArena = shrinkArena;
    }

    /** Begins a run, which ends when it is closed. */
    Run begin() throws OrtException {
        RunOptions options = spare;
        spare = null;
        return new Run(options == null ? newOptions() : options);
    }

    private RunOptions newOptions() throws OrtException {
        RunOptions options = new RunOptions();
        try {
            options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            if (!shrinkArena.isEmpty()) {
                options.addRunConfigEntry(SHRINK_ARENA, shrinkArena);
            }
            return options;
        } catch (OrtException e) {
            options.close();
            throw e;
        }
    }

    @Override
    public void close() {
        if (spare != null) {
            spare.close();
            spare = null;
        }
    }

    /** One run. */
    final class Run implements AutoCloseable {
        private final RunOptions options;
        private boolean stopped;
        private boolean closed;

        private Run(RunOptions options) {
            this.options = options;
        }

        /** What to give to the session. */
        RunOptions options() {
            return options;
        }

        /** Has the run stop when its request is withdrawn, at once if that has happened. */
        void stopOnCancel(InferenceContext context) {
            context.onCancel(this::stop);
        }

        private synchronized void stop() {
            if (!closed) {
                stopped = true;
                try {
                    options.setTerminate(true);
                } catch (OrtException e) {
                    LOG.log(Level.WARNING, "a withdrawn request runs on, the runtime refused to stop it", e);
                }
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (stopped) {
                options.close();
            } else {
                spare = options;
            }
        }
    }
}
