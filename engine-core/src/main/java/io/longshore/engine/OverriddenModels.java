package io.longshore.engine;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.lifecycle.ModelManager;
import io.longshore.repository.ModelFolder;
import io.longshore.repository.ModelOverride;
import io.longshore.repository.ModelRepository;
import io.longshore.repository.UploadFolder;
import io.longshore.repository.UploadStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a model for a load, as the repository has it, with what the load overrides. Thread-safe. */
final class OverriddenModels {
    private final ModelRepository repository;
    private final UploadStore uploads;
    private final EngineOptions.Loading options;

    OverriddenModels(ModelRepository repository, UploadStore uploads, EngineOptions.Loading options) {
        this.repository = repository;
        this.uploads = uploads;
        this.options = options;
    }

    UploadFolder beginUpload() {
        if (!options.uploadAllowed()) {
            throw new InferenceException(
                    ErrorCode.UNSUPPORTED,
                    "load parameters 'file:…' are not allowed, since a model can be code: put the files into the model"
                            + " repository, or start the server with --allow-model-upload=true"
                            + " (longshore.allow-model-upload)");
        }
        return uploads.begin();
    }

    /**
     * Where the model's folder comes from. What it throws is INTERNAL, as Triton has it, if there is no such model, or the
     * override is none.
     *
     * @param override whose upload is complete
     */
    ModelManager.FolderSource folder(String name, LoadOverride override) {
        UploadFolder upload = own(override);
        if (upload != null) {
            upload.fill();
        }
        return () -> find(name, override.config(), upload);
    }

    private ModelFolder find(String name, @Nullable String config, @Nullable UploadFolder upload) {
        List<String> problems = problems(config, upload);
        if (!problems.isEmpty()) {
            throw notPolled(name, ": " + String.join("; ", problems), null);
        }
        try {
            ModelFolder folder = upload == null ? repository.find(name) : upload.read(name);
            if (folder == null) {
                throw notPolled(name, "", null);
            }
            return config == null ? folder : folder.with(new ModelOverride(config, upload));
        } catch (IOException e) {
            throw notPolled(name, ": " + reason(e), e);
        }
    }

    private static List<String> problems(@Nullable String config, @Nullable UploadFolder upload) {
        List<String> problems = new ArrayList<>();
        if (upload != null) {
            problems.addAll(upload.problems());
            if (config == null) {
                problems.add(
                        "parameters 'file:…' replace the model's whole folder, so parameter 'config' is needed too");
            }
        }
        return problems;
    }

    private static @Nullable UploadFolder own(LoadOverride override) {
        if (override.upload() == null) {
            return null;
        }
        if (override.upload() instanceof UploadFolder own) {
            return own;
        }
        throw new IllegalArgumentException("the upload was not begun by this engine");
    }

    private static InferenceException notPolled(String name, String why, @Nullable IOException cause) {
        return new InferenceException(
                ErrorCode.INTERNAL, "failed to load '" + name + "', failed to poll from model repository" + why, cause);
    }

    private static String reason(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
