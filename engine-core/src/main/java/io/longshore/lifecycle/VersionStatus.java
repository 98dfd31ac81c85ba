package io.longshore.lifecycle;

/**
 * Where a version stands.
 *
 * @param state its state
 * @param reason why it failed, or why the newer files of a version that serves could not be loaded; else empty
 */
record VersionStatus(VersionState state, String reason) {
    /** Every version's beginning. */
    static final VersionStatus COLD = new VersionStatus(VersionState.COLD, "");

    /** The status after a change of state. */
    VersionStatus become(VersionState to, String why) {
        return new VersionStatus(state.become(to), why);
    }
}
