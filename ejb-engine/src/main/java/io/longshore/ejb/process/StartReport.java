package io.longshore.ejb.process;

import io.longshore.inference.ModelStatus;
import io.longshore.inference.ModelStatus.State;
import io.longshore.inference.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What there is to tell when the first round of loading is over.
 *
 * @param versions every version that the server knows of
 * @param readiness whether the server calls itself ready
 */
public record StartReport(List<ModelStatus> versions, Readiness readiness) {
    public StartReport {
        versions = List.copyOf(versions);
    }

    /** The names of models with a version that serves. */
    public List<String> readyModels() {
        return versions.stream()
                .filter(version -> version.state() == State.READY)
                .map(ModelStatus::name)
                .distinct()
                .toList();
    }

    /** The names of models with a version that was wanted and does not serve. */
    public List<String> failedModels() {
        return versions.stream()
                .filter(version ->
                        version.state() != State.READY && !version.reason().isEmpty())
                .map(ModelStatus::name)
                .distinct()
                .toList();
    }

    /**
     * The start line.
     *
     * @param server Longshore's version, and the name of this process if it has one
     * @param address where it answers
     * @param sinceStart time since the JVM started
     */
    public String line(String server, String address, Duration sinceStart) {
        String state = readiness.isReady()
                ? "is ready at " + address
                : "answers at " + address + " but is not ready (" + readiness.reason() + ")";
        return String.format(
                Locale.ROOT,
                "Longshore %s %s: %d models ready, %d failed, %.1f s after the start of the process",
                server,
                state,
                readyModels().size(),
                failedModels().size(),
                sinceStart.toMillis() / 1000.0);
    }
}
