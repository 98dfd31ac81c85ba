package io.longshore.trace;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace of which a caller says that its request is part.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId the caller's own part: 16 hexadecimal digits
 * @param sampled whether the caller records it
 * @param state what vendors hand on, as it came; may be empty
 */
public record CallerTrace(String traceId, String spanId, boolean sampled, String state) {
    /** The header that names trace and span. Source: W3C Trace Context, section 3.2. */
    public static final String PARENT_HEADER = "traceparent";

    /** The header for vendors. Source: W3C Trace Context, section 3.3. */
    public static final String STATE_HEADER = "tracestate";

    /** Later versions may add fields at the end. */
    private static final Pattern PARENT =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private static final String INVALID_VERSION = "ff";
    private static final String FIRST_VERSION = "00";

    /** The header that names trace and span, in the first version of its form. */
    public String parent() {
        return FIRST_VERSION + "-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }

    /**
     * Reads the headers.
     *
     * @return null where there is no parent, or none that is valid: it counts as none then
     */
    public static @Nullable CallerTrace of(@Nullable String parent, @Nullable String state) {
        if (parent == null) {
            return null;
        }
        Matcher fields = PARENT.matcher(parent.strip());
        if (!fields.matches() || !isValid(fields)) {
            return null;
        }
        boolean sampled = (Integer.parseInt(fields.group(4), 16) & 1) != 0;
        return new CallerTrace(fields.group(2), fields.group(3), sampled, state == null ? "" : state);
    }

    private static boolean isValid(Matcher fields) {
        String version = fields.group(1);
        boolean hasMore = fields.group(5) != null;
        return !version.equals(INVALID_VERSION)
                && !(version.equals(FIRST_VERSION) && hasMore)
                && !isZero(fields.group(2))
                && !isZero(fields.group(3));
    }

    private static boolean isZero(String digits) {
        return digits.chars().allMatch(digit -> digit == '0');
    }
}
