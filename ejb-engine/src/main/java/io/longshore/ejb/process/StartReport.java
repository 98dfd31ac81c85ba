package io.longshore.ejb.process;

import io.longshore.inference.ModelStatus;
import io.longshore.inference.ModelStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What there is to tell when the first round of loading is over.
 *
 * @param versions every version that the server knows of
 */
public record StartReport(List<ModelStatus> versions) {
    public StartReport {
        versions = List.copyOf(versions);
    }

    /** Models with a version that serves. */
    public long readyModels() {
        return versions.stream()
                .filter(version -> version.state() == State.READY)
                .map(ModelStatus::name)
                .distinct()
                .count();
    }

    /** Versions that were wanted and do not serve, each with its reason. */
    public List<ModelStatus> failed() {
        return versions.stream()
                .filter(version ->
                        version.state() != State.READY && !version.reason().isEmpty())
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
        return String.format(
                Locale.ROOT,
                "Longshore %s is ready at %s: %s, %s, %.1f s after the start of the process",
                server,
                address,
                counted(readyModels(), "model", "ready"),
                counted(failed().size(), "version", "failed"),
                sinceStart.toMillis() / 1000.0);
    }

    private static String counted(long count, String noun, String state) {
        return count + " " + noun + (count == 1 ? " " : "s ") + state;
    }
}
