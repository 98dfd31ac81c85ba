package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelUpload;
import java.io.OutputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the parameters of a load, as any wire brings them: {@code config}, and {@code file:<path>} for each file. Not
 * thread-safe.
 */
public final class LoadParameters implements AutoCloseable {
    /** Of a configuration: many times what the largest one has. */
    public static final int MAX_CONFIG_BYTES = 1 << 20;

    /** Of a parameter's name: more than a path may have. */
    public static final int MAX_NAME_BYTES = 4096;

    private static final String FILE = "file:";

    private final Supplier<ModelUpload> uploads;
    private @Nullable String config;
    private @Nullable ModelUpload upload;

    /** @param uploads begins an upload, at the first file */
    public LoadParameters(Supplier<ModelUpload> uploads) {
        this.uploads = uploads;
    }

    /** Whether a load has a parameter of this name. */
    public static boolean isKnown(String name) {
        return name.equals("config") || isFile(name);
    }

    /** Whether a parameter's value is a file. */
    public static boolean isFile(String name) {
        return name.startsWith(FILE);
    }

    /** A parameter that no load has. */
    public static InferenceException unknown(String name) {
        return V2Errors.invalid("unrecognized load parameter '" + name + "'.");
    }

    /** Takes the configuration. */
    public void config(String json) {
        if (config != null) {
            throw V2Errors.invalid("load parameter 'config' is given twice; give it once");
        }
        config = json;
    }

    /** Takes a file by its parameter's name; where its content goes. */
    public OutputStream file(String name) {
        ModelUpload begun = upload;
        if (begun == null) {
            begun = uploads.get();
            upload = begun;
        }
        return begun.file(name.substring(FILE.length()));
    }

    /** All that was taken, which is the caller's now. */
    public LoadOverride override() {
        return new LoadOverride(config, upload);
    }

    /** Throws away what was taken. */
    @Override
    public void close() {
        if (upload != null) {
            upload.close();
        }
    }
}
