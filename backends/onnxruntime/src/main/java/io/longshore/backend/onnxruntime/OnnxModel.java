package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.longshore.model.ModelConfig;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.MemoryAllocator;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/**
 * One session with a model's weights. Its instances hold none of them: the session runs any number of requests at once, so
 * four instances cost one copy of the weights.
 */
final class OnnxModel implements BackendModel {
    private static final Logger LOG = System.getLogger(OnnxModel.class.getName());

    private final ModelConfig config;
    private final SessionSettings settings;
    private final SessionOptions options;
    private final OrtSession session;
    private final HelperSessions helpers;
    private final NativeTensors tensors;
    private final GraphSignature signature;
    private volatile boolean pinsOutputs = true;

    private OnnxModel(
            ModelConfig config,
            SessionSettings settings,
            SessionOptions options,
            OrtSession session,
            HelperSessions helpers,
            NativeTensors tensors,
            GraphSignature signature) {
        this.config = config;
        this.settings = settings;
        this.options = options;
        this.session = session;
        this.helpers = helpers;
        this.tensors = tensors;
        this.signature = signature;
    }

    /**
     * Loads a model.
     *
     * @param declared what its file says of its tensors
     * @param allocator direct memory for outputs
     * @throws BackendException if the runtime refuses it, or it contradicts the configuration
     */
    static OnnxModel load(
            OrtEnvironment environment,
            ModelConfig config,
            SessionSettings settings,
            Path file,
            GraphSignature declared,
            MemoryAllocator allocator)
            throws BackendException {
        // Closed in reverse order where loading fails half way.
        try (Cleanup undo = new Cleanup()) {
            SessionOptions options = settings.toOptions();
            undo.add(options::close);
            OrtSession session = environment.createSession(file.toString(), options);
            undo.add(() -> close(session));
            GraphSignature signature = declared.completedBy(SessionSignature.of(session));
            ConfigCheck.check(
                    config.name(),
                    config.maxBatchSize(),
                    config.backendInputs(),
                    config.backendOutputs(),
                    config.ragged().orElse(null),
                    signature);
            HelperSessions helpers = new HelperSessions(environment);
            NativeTensors tensors = new NativeTensors(environment, allocator, helpers);
            undo.dismiss();
            return new OnnxModel(config, settings, options, session, helpers, tensors, signature);
        } catch (OrtException e) {
            throw new BackendException("unable to load model '" + config.name() + "': " + RunFailure.message(e), e);
        }
    }

    @Override
    public BackendInstance newInstance() {
        return new Instance(this);
    }

    /** A run changes nothing but its outputs. */
    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public void close() {
        try {
            helpers.close();
        } catch (OrtException e) {
            LOG.log(Level.WARNING, "a helper session of model '" + config.name() + "' did not close", e);
        }
        close(session);
        options.close();
    }

    String name() {
        return config.name();
    }

    /** Whether the first dimension of every tensor counts the rows of a batch. */
    boolean isBatched() {
        return config.isBatched() && config.ragged().isEmpty();
    }

    SessionSettings settings() {
        return settings;
    }

    OrtSession session() {
        return session;
    }

    NativeTensors tensors() {
        return tensors;
    }

    GraphSignature signature() {
        return signature;
    }

    /** Whether outputs are pinned; not any more once the model's file turned out to be wrong about a shape. */
    boolean pinsOutputs() {
        return pinsOutputs;
    }

    /** Leaves all outputs to the runtime from now on. */
    void stopPinning() {
        LOG.log(
                Level.INFO,
                "model ''{0}'' gives an output another shape than its file declares; its outputs are copied",
                config.name());
        pinsOutputs = false;
    }

    private static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            LOG.log(Level.WARNING, "a session did not close", e);
        }
    }

    /** A place in the session: of its own it has only the options of its runs and room for small tensors. */
    private static final class Instance implements BackendInstance {
        private final OnnxModel model;
        private final StoppableRuns runs;
        private final Stage stage;

        Instance(OnnxModel model) {
            this.model = model;
            this.runs = new StoppableRuns(model.settings().shrinkArena());
            this.stage = new Stage(model.tensors(), model.signature(), model.isBatched());
        }

        @Override
        public void execute(Execution execution) {
            for (ExecutionItem item : execution.items()) {
                new ModelRun(model, runs, stage, item).run();
            }
        }

        @Override
        public void close() {
            stage.close();
            runs.close();
        }
    }
}
