package io.longshore.protocol.rest;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies headers of requests to their parameters where the headers' names match a pattern (Triton's parameters extension).
 * Matching takes time that is linear in the name, whatever the pattern. Immutable.
 */
public final class HeaderForwarding {
    /** Copies nothing. */
    public static final HeaderForwarding NONE = new HeaderForwarding(null);

    /** Names that mean something as parameters; source: {@code common.h} of Triton's server. */
    private static final Set<String> RESERVED = Set.of(
            "sequence_id", "sequence_start", "sequence_end", "priority", "timeout", "headers", "binary_data_output");

    private final @Nullable Pattern pattern;

    private HeaderForwarding(@Nullable Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * Forwarding of the headers whose names a pattern matches.
     *
     * @param pattern a regular expression of RE2, as tritonserver takes it; it matches anywhere in a name, and in any case
     *     unless it begins with {@code (?-i)}; empty = nothing is forwarded
     * @throws IllegalArgumentException if it is no regular expression; the message says why
     */
    public static HeaderForwarding of(String pattern) {
        if (pattern.isEmpty()) {
            return NONE;
        }
        try {
            return new HeaderForwarding(Pattern.compile("(?i)" + pattern));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Whether any header may be forwarded. */
    public boolean isActive() {
        return pattern != null;
    }

    /**
     * Whether this header is forwarded.
     *
     * @throws InferenceException INVALID_ARGUMENT if it is to be and has a name that is not for callers
     */
    public boolean forwards(String header) {
        if (pattern == null || !pattern.matcher(header).find()) {
            return false;
        }
        if (RESERVED.contains(header) || RequestRules.isReserved(header)) {
            throw V2Errors.invalid("Header '" + header + "' is reserved for Triton usage and cannot be forwarded.");
        }
        return true;
    }

    /**
     * A request with headers as parameters beside its own. Where both have one of the same name the header counts, because a
     * proxy in front can vouch for it.
     */
    public static InferenceRequest add(Map<String, String> headers, InferenceRequest request) {
        if (headers.isEmpty()) {
            return request;
        }
        Map<String, Object> parameters =
                new LinkedHashMap<>(request.parameters().asMap());
        parameters.putAll(headers);
        return request.withParameters(Parameters.of(parameters));
    }
}
