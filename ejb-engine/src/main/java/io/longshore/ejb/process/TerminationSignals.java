package io.longshore.ejb.process;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the signals that ask the process to end, before the container's own shutdown does: Open Liberty closes its
 * listeners at once when the JVM begins to exit, which leaves no time in which "not ready" can be said.
 *
 * <p>{@code sun.misc.Signal} is in every JDK but in no standard, so it is reached by name, and a JVM that has none of it,
 * or has been told with {@code -Xrs} to leave signals alone, goes without. Thread-safe.
 */
public final class TerminationSignals implements AutoCloseable {
    private static final Logger LOG = System.getLogger(TerminationSignals.class.getName());
    private static final String[] NAMES = {"TERM", "INT"};

    private final SignalApi api;
    private final Map<Object, Object> previous = new LinkedHashMap<>();

    private TerminationSignals(SignalApi api) {
        this.api = api;
    }

    /**
     * Takes SIGTERM and SIGINT.
     *
     * @param onSignal called with the signal's name, on a thread of the JVM's, each time one comes
     * @return gives them back to who had them; null where signals cannot be had
     */
    public static @Nullable TerminationSignals take(Consumer<String> onSignal) {
        try {
            TerminationSignals signals = new TerminationSignals(new SignalApi());
            signals.takeAll(onSignal);
            return signals;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.INFO, "this JVM leaves signals alone, so SIGTERM ends it without a drain: {0}", e);
            return null;
        }
    }

    private synchronized void takeAll(Consumer<String> onSignal) throws ReflectiveOperationException {
        Object handler = api.handler(onSignal);
        for (String name : NAMES) {
            try {
                Object signal = api.signal(name);
                previous.put(signal, api.install(signal, handler));
            } catch (IllegalArgumentException e) {
                LOG.log(Level.INFO, "SIG{0} cannot be taken: {1}", name, e.getMessage());
            }
        }
    }

    @Override
    public synchronized void close() {
        previous.forEach((signal, handler) -> {
            try {
                api.install(signal, handler);
            } catch (ReflectiveOperationException e) {
                LOG.log(Level.WARNING, "a signal could not be given back", e);
            }
        });
        previous.clear();
    }
}
