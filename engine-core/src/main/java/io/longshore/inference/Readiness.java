package io.longshore.inference;

/**
 * Whether something is ready, and why not.
 *
 * @param isReady whether requests are answered
 * @param reason why not; empty where ready
 */
public record Readiness(boolean isReady, String reason) {
    /** Ready. */
    public static final Readiness READY = new Readiness(true, "");

    /** Not ready because of {@code reason}. */
    public static Readiness notReady(String reason) {
        return new Readiness(false, reason);
    }
}
