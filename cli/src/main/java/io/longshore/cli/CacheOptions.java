package io.longshore.cli;

import static io.longshore.cli.ServeOption.works;

/** The options of the response cache, of which tritonserver has an old and a new spelling. */
final class CacheOptions {
    private static final String KEY = "longshore.cache.config";

    /** {@code cache,setting=value}; the server knows the caches and their settings. */
    private static final ValueKind SETTING = new ValueKind(
            "<cache>,<setting>=<value>",
            "local,size= and a number of bytes",
            text -> text.matches("[^,;=]+,[^;=]+=[^;]+") ? text : null);

    private static final ValueKind SIZE = new ValueKind(
            "<bytes>",
            "a whole number of bytes from 0",
            text -> text.strip().matches("[0-9]{1,18}") ? "local,size=" + text.strip() : null);

    private CacheOptions() {}

    /** The options; the server refuses both together, as tritonserver does. */
    static OptionGroup group() {
        return OptionGroup.of(
                "Response cache",
                works(
                                "cache-config",
                                SETTING,
                                "none",
                                KEY,
                                "local,size=BYTES: keep responses of models with response_cache.")
                        .repeatable(";"),
                works("response-cache-byte-size", SIZE, "0", KEY, "Old spelling of --cache-config=local,size=.")
                        .repeatable(";"));
    }
}
