package io.longshore.protocol.rest;

import io.longshore.inference.ModelDescription;
import io.longshore.inference.ModelStatus;
import io.longshore.inference.Readiness;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import io.longshore.tensor.TensorSpec;
import java.util.List;
import java.util.function.Consumer;

/** Writes the small JSON bodies that tell of the server and its models, UTF-8. */
public final class MetadataEncoder {
    private MetadataEncoder() {}

    /** {@code {"name":…,"version":…,"extensions":[…]}}. */
    public static byte[] server(String name, String version, List<String> extensions) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        out.raw('{');
        field(out, "name").string(name).raw(',');
        field(out, "version").string(version).raw(',');
        field(out, "extensions");
        array(out, extensions, out::string);
        return out.raw('}').toByteArray();
    }

    /**
     * {@code {"name":…,"versions":["1"],"platform":…,"inputs":[{"name","datatype","shape"}],"outputs":[…]}}. Shapes have a
     * leading -1 where the model is batched; the platform is the backend's name where the configuration states none.
     */
    public static byte[] model(ModelDescription description) {
        ModelConfig config = description.config();
        boolean batched = config.isBatched();
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        out.raw('{');
        field(out, "name").string(config.name()).raw(',');
        field(out, "versions");
        array(out, description.versions(), version -> out.string(Long.toString(version)));
        field(out.raw(','), "platform")
                .string(config.platform().isEmpty() ? config.backend() : config.platform())
                .raw(',');
        field(out, "inputs");
        array(out, config.inputs(), (ModelInput input) -> tensor(out, input.requestSpec(batched)));
        field(out.raw(','), "outputs");
        array(out, config.outputs(), (ModelOutput output) -> tensor(out, output.responseSpec(batched)));
        return out.raw('}').toByteArray();
    }

    /** {@code {"status":"alive"}} (KServe's V1 protocol). */
    public static byte[] alive() {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        field(out.raw('{'), "status").string("alive");
        return out.raw('}').toByteArray();
    }

    /** {@code {"live":true}} (KServe). */
    public static byte[] live(boolean live) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        field(out.raw('{'), "live").bool(live);
        return out.raw('}').toByteArray();
    }

    /** {@code {"ready":true}}, or {@code {"ready":false,"error":"<reason>"}}. */
    public static byte[] ready(Readiness readiness) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        return readiness(out.raw('{'), readiness);
    }

    /** {@code {"name":…,"ready":true}}, or with {@code "ready":false,"error":"<reason>"}. */
    public static byte[] modelReady(String name, Readiness readiness) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        field(out.raw('{'), "name").string(name).raw(',');
        return readiness(out, readiness);
    }

    /** {@code {"name":…,"load":true}} (KServe). */
    public static byte[] loaded(String name) {
        return done(name, "load");
    }

    /** {@code {"name":…,"unload":true}} (KServe). */
    public static byte[] unloaded(String name) {
        return done(name, "unload");
    }

    private static byte[] done(String name, String what) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        field(out.raw('{'), "name").string(name).raw(',');
        field(out, what).bool(true);
        return out.raw('}').toByteArray();
    }

    /** {@code {"models":[…]}}. */
    public static byte[] models(List<String> names) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        field(out.raw('{'), "models");
        array(out, names, out::string);
        return out.raw('}').toByteArray();
    }

    /**
     * {@code [{"name":…,"version":"1","state":"READY","reason":…}]} (V2 model repository extension): a name alone where
     * nothing more is known, and no reason where there is none.
     */
    public static byte[] index(List<ModelStatus> models) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        array(out, models, model -> status(out, model));
        return out.toByteArray();
    }

    private static void status(JsonOutput out, ModelStatus model) {
        field(out.raw('{'), "name").string(model.name());
        if (model.version() > 0) {
            field(out.raw(','), "version").string(Long.toString(model.version()));
        }
        if (model.state() != ModelStatus.State.UNKNOWN) {
            field(out.raw(','), "state").string(model.state().name());
        }
        if (!model.reason().isEmpty()) {
            field(out.raw(','), "reason").string(model.reason());
        }
        out.raw('}');
    }

    private static byte[] readiness(JsonOutput out, Readiness readiness) {
        field(out, "ready").bool(readiness.isReady());
        if (!readiness.isReady()) {
            field(out.raw(','), "error").string(readiness.reason());
        }
        return out.raw('}').toByteArray();
    }

    private static void tensor(JsonOutput out, TensorSpec spec) {
        field(out.raw('{'), "name").string(spec.name()).raw(',');
        field(out, "datatype").string(spec.type().wireName()).raw(',');
        field(out, "shape");
        array(out, spec.dims(), out::integer);
        out.raw('}');
    }

    private static JsonOutput field(JsonOutput out, String name) {
        return out.string(name).raw(':');
    }

    private static <T> void array(JsonOutput out, List<T> values, Consumer<T> write) {
        out.raw('[');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            write.accept(values.get(i));
        }
        out.raw(']');
    }
}
