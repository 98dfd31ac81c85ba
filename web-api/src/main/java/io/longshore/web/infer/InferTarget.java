package io.longshore.web.infer;

import io.longshore.model.ModelSelector;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the model out of the path of a request that infers. */
final class InferTarget {
    private static final String V2 = "/v2/models/";
    private static final String V1 = "/v1/models/";
    /** The end of the path of an inference request. */
    static final String INFER = "/infer";
    /** The end of the path of a generate request that wants one response. */
    static final String GENERATE = "/generate";
    /** The end of the path of a generate request that takes any number of responses. */
    static final String GENERATE_STREAM = "/generate_stream";

    /** The end of the path of a V1 request for predictions. */
    static final String PREDICT = ":predict";
    /** The end of the path of a V1 request for explanations. */
    static final String EXPLAIN = ":explain";

    private static final String VERSIONS = "/versions/";

    private InferTarget() {}

    /**
     * The model of {@code /v2/models/{model}[/versions/{version}]}, or null for any other path.
     *
     * @param path as {@link io.longshore.web.http.RequestPath} gives it
     * @param suffix how the path must end
     */
    static @Nullable ModelSelector of(String path, String suffix) {
        return of(V2, path, suffix);
    }

    /** The model of {@code /v1/models/{model}[/versions/{version}]}; otherwise as {@link #of(String, String)}. */
    static @Nullable ModelSelector ofV1(String path, String suffix) {
        return of(V1, path, suffix);
    }

    private static @Nullable ModelSelector of(String prefix, String path, String suffix) {
        if (!path.endsWith(suffix) || !path.startsWith(prefix) || path.length() <= prefix.length() + suffix.length()) {
            return null;
        }
        String middle = path.substring(prefix.length(), path.length() - suffix.length());
        int slash = middle.indexOf('/');
        if (slash < 0) {
            return latest(middle);
        }
        return middle.startsWith(VERSIONS, slash)
                ? exact(middle.substring(0, slash), middle.substring(slash + VERSIONS.length()))
                : null;
    }

    private static @Nullable ModelSelector latest(String segment) {
        String name = decoded(segment);
        return name.isEmpty() ? null : ModelSelector.latest(name);
    }

    private static @Nullable ModelSelector exact(String segment, String version) {
        String name = decoded(segment);
        long number = number(version);
        return name.isEmpty() || number < 1 ? null : ModelSelector.exact(name, number);
    }

    /** The digits' value, or 0 if there are others, none, or too many for a long. */
    private static long number(String digits) {
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
    }

    /** The segment without percent-encoding; empty if that is broken. */
    private static String decoded(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
