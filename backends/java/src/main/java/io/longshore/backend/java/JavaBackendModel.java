package io.longshore.backend.java;

import io.longshore.model.ModelConfig;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A class that is loaded, with the shared object where it has one. */
final class JavaBackendModel implements BackendModel {
    private final ModelRuntime runtime;
    private final ModelSetup setup;
    private final ModelConfig config;
    private final @Nullable ModelCode shared;

    private JavaBackendModel(ModelRuntime runtime, ModelSetup setup, ModelConfig config, @Nullable ModelCode shared) {
        this.runtime = runtime;
        this.setup = setup;
        this.config = config;
        this.shared = shared;
    }

    /**
     * Opens the shared object of a class that has one; takes the code over if it succeeds.
     *
     * @param threads the server's threads for code that may block
     */
    static JavaBackendModel open(
            LoadedCode code, ModelDeclaration declared, ModelSetup setup, ModelConfig config, Executor threads)
            throws BackendException {
        ModelRuntime runtime = new ModelRuntime(
                setup.modelName(),
                DeclarationRules.outputSpecs(config),
                code,
                declared.isNonBlocking() ? Runnable::run : threads,
                !declared.isNonBlocking());
        ModelCode shared = declared.isShared() ? opened(code, setup, config) : null;
        return new JavaBackendModel(runtime, setup, config, shared);
    }

    @Override
    public BackendInstance newInstance() throws BackendException {
        LoadedCode code = runtime.code();
        if (shared != null) {
            return new JavaBackendInstance(runtime, shared, true, () -> {});
        }
        ModelCode own = opened(code, setup, config);
        return new JavaBackendInstance(runtime, own, false, () -> code.closeObject(own));
    }

    /** Code gets each request by itself, with its parameters, and may answer each when it likes. */
    @Override
    public boolean takesItems() {
        return true;
    }

    /** Code may do as it likes. */
    @Override
    public boolean mayWait() {
        return true;
    }

    @Override
    public void close() {
        if (shared != null) {
            runtime.code().closeObject(shared);
        }
        runtime.code().close();
    }

    private static ModelCode opened(LoadedCode code, ModelSetup setup, ModelConfig config) throws BackendException {
        ModelCode object = code.newObject();
        return code.guarded("cannot be opened", () -> {
            object.open(setup, config);
            return object;
        });
    }
}
