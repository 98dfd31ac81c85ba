package io.longshore.inference;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of calls that access can be restricted for; Triton's, on every wire. */
public enum ApiCategory {
    /** Liveness and readiness, a model's too. */
    HEALTH,
    /** What the server and its models are. */
    METADATA,
    /** Inference, in each of its forms. */
    INFERENCE,
    /** Registering memory of clients. */
    SHARED_MEMORY,
    /** Configurations of models. */
    MODEL_CONFIG,
    /** The index, loading and unloading. */
    MODEL_REPOSITORY,
    /** Statistics. */
    STATISTICS,
    /** Settings of tracing. */
    TRACE,
    /** Settings of the log. */
    LOGGING;

    /** The name in options, for example {@code shared-memory}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The category that has this name in options. */
    public static Optional<ApiCategory> ofWord(String word) {
        return Arrays.stream(values())
                .filter(category -> category.word().equals(word))
                .findFirst();
    }
}
