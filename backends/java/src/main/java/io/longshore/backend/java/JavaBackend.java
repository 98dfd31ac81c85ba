package io.longshore.backend.java;

import io.longshore.model.Device;
import io.longshore.model.ModelConfig;
import io.longshore.model.RaggedBatching;
import io.longshore.spi.Backend;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendModel;
import io.longshore.spi.ModelFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs models that are written in Java: {@code backend: "java"}. */
public final class JavaBackend implements Backend {
    /** The backend's name in a configuration. */
    public static final String NAME = "java";

    @Override
    public String name() {
        return NAME;
    }

    /** A version folder with a jar in it is a model in Java. */
    @Override
    public boolean recognises(ModelConfig.Builder config, ModelFiles files) {
        return !jarsOrNone(config.name(), Optional.empty(), files).isEmpty();
    }

    @Override
    public void complete(ModelConfig.Builder config, ModelFiles files, BackendContext context) throws BackendException {
        try (LoadedCode code =
                LoadedCode.load(config.name(), config.parameters(), config.defaultModelFilename(), files)) {
            ModelDeclaration declared =
                    declaration(code, setup(code, config.name(), config.parameters(), files, context));
            DeclarationRules.complete(config, declared, code.isDecoupled());
        }
        if (config.inputs().isEmpty() || config.outputs().isEmpty()) {
            throw new BackendException(
                    "model '" + config.name() + "': neither its class nor its configuration declares "
                            + (config.inputs().isEmpty() ? "inputs" : "outputs")
                            + "; override declare() or state them in config.pbtxt");
        }
        completeRagged(config);
    }

    /** Code gets the requests of a batch one by one, each in its own shape. */
    private static void completeRagged(ModelConfig.Builder config) throws BackendException {
        RaggedBatching ragged = config.ragged().orElse(RaggedBatching.NONE);
        if (!ragged.batchInputs().isEmpty() || !ragged.batchOutputs().isEmpty()) {
            throw new BackendException("model '" + config.name() + "': batch_input and batch_output are for backends"
                    + " that take several requests as one; code gets them one by one: leave both out");
        }
        config.ragged(RaggedBatching.NONE);
    }

    /** One: more only help where the code computes by itself, or waits for other models one request at a time. */
    @Override
    public int defaultInstanceCount(ModelConfig config, Device device) {
        return 1;
    }

    /** The size of the jars; what the code itself takes is not known beforehand. */
    @Override
    public long estimate(ModelConfig config, ModelFiles files, Device device) {
        long bytes = 0;
        for (Path jar : jarsOrNone(config.name(), config.defaultModelFilename(), files)) {
            bytes += sizeOf(jar);
        }
        return bytes;
    }

    @Override
    public BackendModel load(
            ModelConfig config, ModelFiles files, Device device, int instanceCount, BackendContext context)
            throws BackendException {
        LoadedCode code = LoadedCode.load(config.name(), config.parameters(), config.defaultModelFilename(), files);
        try {
            ModelSetup setup = setup(code, config.name(), config.parameters(), files, context);
            ModelDeclaration declared = declaration(code, setup);
            DeclarationRules.check(config, declared, code.isDecoupled());
            return JavaBackendModel.open(code, declared, setup, config, context.executor());
        } catch (BackendException | RuntimeException | Error e) {
            code.close();
            throw e;
        }
    }

    private static ModelSetup setup(
            LoadedCode code,
            String modelName,
            Map<String, String> parameters,
            ModelFiles files,
            BackendContext context) {
        return new ModelSetup(
                modelName,
                parameters,
                files.modelFolder(),
                files.versionFolder(),
                context.allocator(),
                code.lent(context.executor()));
    }

    private static ModelDeclaration declaration(LoadedCode code, ModelSetup setup) throws BackendException {
        ModelCode probe = code.newObject();
        return code.guarded("cannot be asked for its tensors", () -> {
            ModelDeclaration declared = probe.declare(setup);
            if (declared == null) {
                throw new IllegalStateException("declare() returned null");
            }
            return declared;
        });
    }

    private static List<Path> jarsOrNone(String modelName, Optional<String> fileName, ModelFiles files) {
        try {
            return new CodeLocation(modelName, files).jars(fileName);
        } catch (BackendException e) {
            return List.of();
        }
    }

    private static long sizeOf(Path jar) {
        try {
            return Files.size(jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
