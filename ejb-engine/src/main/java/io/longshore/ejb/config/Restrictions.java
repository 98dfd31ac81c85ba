package io.longshore.ejb.config;

import io.longshore.inference.AccessRules;
import io.longshore.inference.ApiCategory;
import io.longshore.inference.RequiredHeader;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads {@code --http-restricted-api} and {@code --grpc-restricted-protocol}: groups of categories, each with the header that
 * its calls need. What is wrong is said in Triton's words where it has some, and without any part of a value.
 *
 * @param kind what Triton calls a category on this wire
 * @param headerPrefix stands before each header's name
 * @param headerName what a header's name is made of
 */
record Restrictions(String kind, String headerPrefix, String headerName) implements Function<String, AccessRules> {
    static final String EXPECTED =
            "entries 'category[,category...]:header=value', separated by ';', each category once, of "
                    + Arrays.stream(ApiCategory.values()).map(ApiCategory::word).collect(Collectors.joining(", "));

    /** A category as an error may repeat it; anything else may be a secret in the wrong place. */
    private static final String WORD = "[a-z-]{1,32}";

    /** On REST. */
    static Restrictions ofApis() {
        return new Restrictions("api", "", "[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    }

    /** On gRPC, whose header names are narrower; one that ends in -bin would hold bytes. */
    static Restrictions ofProtocols() {
        return new Restrictions("protocol", "triton-grpc-protocol-", "[0-9A-Za-z_.-]+(?<!-bin)");
    }

    @Override
    public AccessRules apply(String text) {
        Map<ApiCategory, RequiredHeader> headers = new EnumMap<>(ApiCategory.class);
        String[] groups = text.isEmpty() ? new String[0] : text.split(";", -1);
        for (int i = 0; i < groups.length; i++) {
            add(groups[i].strip(), "entry " + (i + 1), headers);
        }
        return new AccessRules(headers);
    }

    private void add(String group, String entry, Map<ApiCategory, RequiredHeader> headers) {
        int colon = group.indexOf(':');
        int equals = group.indexOf('=', colon + 1);
        String name = colon < 0 || equals < 0
                ? ""
                : group.substring(colon + 1, equals).strip();
        String value = group.substring(equals + 1).strip();
        if (colon < 1 || name.isEmpty() || value.isEmpty()) {
            throw new IllegalArgumentException(entry + " is not '<category>:<header>=<value>'");
        }
        if (!name.toLowerCase(Locale.ROOT).matches(headerName)) {
            throw new IllegalArgumentException("the header of " + entry + " is no name of a header");
        }
        RequiredHeader header = new RequiredHeader(headerPrefix + name, value);
        for (String word : group.substring(0, colon).split(",", -1)) {
            if (headers.put(category(word.strip(), entry), header) != null) {
                throw new IllegalArgumentException("restricted " + kind + " '" + word.strip()
                        + "' can not be specified in multiple config groups");
            }
        }
    }

    private ApiCategory category(String word, String entry) {
        return ApiCategory.ofWord(word)
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown restricted " + kind + (word.matches(WORD) ? " '" + word + "'" : "") + " in " + entry));
    }
}
