package io.longshore.lifecycle;

import java.util.Set;

/** The states in the life of a model version, and the ways between them. */
public enum VersionState {
    /** In the repository, and nobody has asked for it. */
    COLD,
    /** Its weights are being read and its instances made. */
    LOADING,
    /** Serves. */
    READY,
    /** Gets no new requests, answers those it has. */
    DRAINING,
    /** Gone, its memory given back. */
    UNLOADED,
    /** Could not be loaded. */
    FAILED;

    private Set<VersionState> next() {
        return switch (this) {
            case COLD, UNLOADED, FAILED -> Set.of(LOADING);
            case LOADING -> Set.of(READY, FAILED);
            case READY -> Set.of(DRAINING);
            // Wanted again before the last request was answered: the new weights do not wait for that.
            case DRAINING -> Set.of(UNLOADED, LOADING);
        };
    }

    /**
     * The state {@code to}, if it may follow this one.
     *
     * @throws IllegalStateException if it may not
     */
    VersionState become(VersionState to) {
        if (!next().contains(to)) {
            throw new IllegalStateException("a version that is " + this + " cannot become " + to);
        }
        return to;
    }
}
