package io.longshore.web.access;

import io.longshore.inference.ApiCategory;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the kind of a REST call by its path. It reads a path at least as generously as those who serve it: without empty
 * segments and those that are a dot, each segment decoded, so that no other spelling of a path is another path here.
 */
final class RestCategories {
    private static final List<String> PREDICTIONS = List.of(":predict", ":explain");
    private static final Set<String> CROOKED = Set.of("", ".", "..");

    private RestCategories() {}

    /**
     * The category of a call, or null for a path that is none of the protocol's.
     *
     * @param path as {@link io.longshore.web.http.RequestPath} gives it
     */
    static @Nullable ApiCategory of(String path) {
        List<String> segments = segments(path)
                .filter(segment -> !segment.isEmpty() && !segment.equals("."))
                .toList();
        String root = segments.isEmpty() ? "" : segments.get(0);
        return switch (root) {
            case "v2" -> ofV2(segments.subList(1, segments.size()));
            case "v1" -> ofV1(segments.get(segments.size() - 1));
            default -> null;
        };
    }

    private static @Nullable ApiCategory ofV2(List<String> rest) {
        return switch (rest.isEmpty() ? "" : rest.get(0)) {
            case "" -> ApiCategory.METADATA;
            case "health" -> ApiCategory.HEALTH;
            case "models" -> ofModel(rest.subList(1, rest.size()));
            case "repository" -> ApiCategory.MODEL_REPOSITORY;
            case "systemsharedmemory", "cudasharedmemory" -> ApiCategory.SHARED_MEMORY;
            case "trace" -> ApiCategory.TRACE;
            case "logging" -> ApiCategory.LOGGING;
            default -> null;
        };
    }

    /** Of what follows {@code /v2/models}: a name, and then perhaps a version, and then perhaps what is asked of it. */
    private static @Nullable ApiCategory ofModel(List<String> rest) {
        if (rest.equals(List.of("stats"))) {
            return ApiCategory.STATISTICS;
        }
        boolean hasVersion = rest.size() > 2 && rest.get(1).equals("versions");
        List<String> asked = rest.subList(Math.min(rest.size(), hasVersion ? 3 : 1), rest.size());
        return asked.isEmpty() ? ApiCategory.METADATA : ofAction(asked.get(0));
    }

    private static @Nullable ApiCategory ofAction(String action) {
        return switch (action) {
            case "infer", "generate", "generate_stream" -> ApiCategory.INFERENCE;
            case "ready" -> ApiCategory.HEALTH;
            case "config" -> ApiCategory.MODEL_CONFIG;
            case "stats" -> ApiCategory.STATISTICS;
            case "trace" -> ApiCategory.TRACE;
            case "versions" -> ApiCategory.METADATA;
            default -> null;
        };
    }

    /** KServe's older protocol. */
    private static ApiCategory ofV1(String last) {
        return PREDICTIONS.stream().anyMatch(last::endsWith) ? ApiCategory.INFERENCE : ApiCategory.METADATA;
    }

    /**
     * Whether the path has segments in its middle that are empty or are one or two dots. Nothing is served under such a path,
     * and which path it stands for is not for a guard to guess.
     */
    static boolean isCrooked(String path) {
        return segments(path).skip(1).anyMatch(CROOKED::contains) && path.length() > 1;
    }

    private static Stream<String> segments(String path) {
        return Arrays.stream(path.split("/", -1)).map(RestCategories::decoded);
    }

    /** As it is where its encoding is broken: nobody serves it then. */
    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
