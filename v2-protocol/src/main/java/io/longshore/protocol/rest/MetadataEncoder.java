package io.longshore.protocol.rest;

import io.longshore.inference.ModelDescription;
import io.longshore.inference.Readiness;
import java.util.List;

/** Writes the small JSON bodies that tell of the server and its models, UTF-8. */
public final class MetadataEncoder {
    private MetadataEncoder() {}

    /** {@code {"name":…,"version":…,"extensions":[…]}}. */
    public static byte[] server(String name, String version, List<String> extensions) {
        return new byte[0];
    }

    /**
     * {@code {"name":…,"versions":["1"],"platform":…,"inputs":[{"name","datatype","shape"}],"outputs":[…]}}. Shapes have a
     * leading -1 where the model is batched; the platform is the backend's name where the configuration states none.
     */
    public static byte[] model(ModelDescription description) {
        return new byte[0];
    }

    /** {@code {"live":true}} (KServe). */
    public static byte[] live(boolean live) {
        return new byte[0];
    }

    /** {@code {"ready":true}}, or {@code {"ready":false,"error":"<reason>"}}. */
    public static byte[] ready(Readiness readiness) {
        return new byte[0];
    }

    /** {@code {"name":…,"ready":true}}, or with {@code "ready":false,"error":"<reason>"}. */
    public static byte[] modelReady(String name, Readiness readiness) {
        return new byte[0];
    }

    /** {@code {"models":[…]}}. */
    public static byte[] models(List<String> names) {
        return new byte[0];
    }
}
