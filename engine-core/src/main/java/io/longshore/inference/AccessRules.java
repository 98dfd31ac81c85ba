package io.longshore.inference;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which kinds of calls a wire serves only to those who send a header. Immutable.
 *
 * @param headers the header that each restricted kind needs
 */
public record AccessRules(Map<ApiCategory, RequiredHeader> headers) {
    /** Everything for everybody. */
    public static final AccessRules NONE = new AccessRules(Map.of());

    public AccessRules {
        headers = Map.copyOf(headers);
    }

    /** Whether nothing is restricted. */
    public boolean isEmpty() {
        return headers.isEmpty();
    }

    /** The header that calls of a kind need, or null. */
    public @Nullable RequiredHeader of(ApiCategory category) {
        return headers.get(category);
    }
}
