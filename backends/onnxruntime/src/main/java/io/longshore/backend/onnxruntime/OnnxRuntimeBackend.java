package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.longshore.model.Device;
import io.longshore.model.ModelConfig;
import io.longshore.spi.Backend;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendModel;
import io.longshore.spi.ModelFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Runs ONNX models with ONNX Runtime, on the CPU. */
public final class OnnxRuntimeBackend implements Backend {
    private static final Logger LOG = System.getLogger(OnnxRuntimeBackend.class.getName());
    private static final String NAME = "onnxruntime";
    private static final String PLATFORM = "onnxruntime_onnx";
    /** As Triton's backend: one request can be prepared while another computes. */
    private static final int DEFAULT_INSTANCES = 2;
    /** A thread that loses its core holds its instance meanwhile; with four for each core there is nearly always another. */
    private static final int BURST_INSTANCES_PER_CORE = 4;

    private final RuntimeEnvironment environment = new RuntimeEnvironment();
    private final int cores = Runtime.getRuntime().availableProcessors();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean recognises(ModelConfig.Builder config, ModelFiles files) {
        if (config.platform().isPresent()) {
            return config.platform().get().equals(PLATFORM);
        }
        try {
            return ModelFileLocator.locate(files, config.defaultModelFilename())
                    .toString()
                    .endsWith(".onnx");
        } catch (BackendException e) {
            LOG.log(Level.DEBUG, "model '" + config.name() + "' is not an ONNX model", e);
            return false;
        }
    }

    @Override
    public void complete(ModelConfig.Builder config, ModelFiles files, BackendContext context) throws BackendException {
        if (config.backend().isEmpty()) {
            config.backend(NAME);
        }
        if (config.platform().isEmpty()) {
            config.platform(PLATFORM);
        }
        BackendSettings settings = BackendSettings.of(context.settings());
        Path file = ModelFileLocator.locate(files, config.defaultModelFilename());
        GraphSignature signature = readSignature(config.name(), file);
        if (ConfigCompletion.isNeeded(config)) {
            if (!signature.isComplete()) {
                signature = signature.completedBy(askRuntime(config.name(), file, settings));
            }
            ConfigCompletion.complete(config, signature, settings);
        }
        ConfigCheck.check(
                config.name(),
                config.maxBatchSize().orElse(0),
                config.backendInputs(),
                config.backendOutputs(),
                config.ragged().orElse(null),
                signature);
    }

    @Override
    public int defaultInstanceCount(ModelConfig config, Device device) {
        return Math.min(DEFAULT_INSTANCES, cores);
    }

    @Override
    public int burstInstanceCount(ModelConfig config, Device device) {
        return BURST_INSTANCES_PER_CORE * cores;
    }

    /** The bytes of the model file and of the files beside it, since the runtime keeps the weights as they are stored. */
    @Override
    public long estimate(ModelConfig config, ModelFiles files, Device device) {
        try {
            Path folder = ModelFileLocator.locate(files, config.defaultModelFilename())
                    .getParent();
            try (Stream<Path> beside = Files.list(folder)) {
                return beside.filter(Files::isRegularFile)
                        .mapToLong(OnnxRuntimeBackend::sizeOf)
                        .sum();
            }
        } catch (BackendException | IOException | UncheckedIOException e) {
            LOG.log(Level.DEBUG, "the size of model '" + config.name() + "' is not known; loading will tell why", e);
            return 0;
        }
    }

    @Override
    public BackendModel load(
            ModelConfig config, ModelFiles files, Device device, int instanceCount, BackendContext context)
            throws BackendException {
        if (device.kind() != Device.Kind.CPU) {
            throw new BackendException("unable to load model '" + config.name() + "' on " + device
                    + ": this backend runs on the CPU; set instance_group { kind: KIND_CPU }");
        }
        BackendSettings settings = BackendSettings.of(context.settings());
        SessionSettings session = SessionSettings.of(config, settings, instanceCount, cores);
        session.overcommitment(config.name(), instanceCount, cores).ifPresent(text -> LOG.log(Level.WARNING, text));
        Path file = ModelFileLocator.locate(files, config.defaultModelFilename());
        GraphSignature declared = readSignature(config.name(), file);
        OrtEnvironment runtime = environment.get(settings);
        return OnnxModel.load(runtime, config, session, file, declared, context.allocator());
    }

    private static GraphSignature readSignature(String model, Path file) throws BackendException {
        try {
            return OnnxFile.readSignature(file);
        } catch (IOException e) {
            throw new BackendException(
                    "unable to load model '" + model + "': " + file + " is not a readable ONNX model: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Opens the model once more for what its file leaves out; only models that declare no shapes pay for it. */
    private GraphSignature askRuntime(String model, Path file, BackendSettings settings) throws BackendException {
        try (OrtSession session = environment.get(settings).createSession(file.toString())) {
            return SessionSignature.of(session);
        } catch (OrtException e) {
            throw new BackendException("unable to load model '" + model + "': " + RunFailure.message(e), e);
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
