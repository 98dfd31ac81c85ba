package io.longshore.lifecycle;

import io.longshore.inference.ReadinessFeed;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Those who want to hear of changes, and the way to tell them. Thread-safe. */
public final class ReadinessListeners implements ReadinessFeed {
    private static final Logger LOG = System.getLogger(ReadinessListeners.class.getName());

    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    /** A listener; of two equal ones each has its own. */
    private static final class Entry {
        final Runnable listener;

        Entry(Runnable listener) {
            this.listener = listener;
        }
    }

    @Override
    public Listening listen(Runnable listener) {
        Entry entry = new Entry(listener);
        entries.add(entry);
        return () -> entries.remove(entry);
    }

    /** Tells all of them; to be called after the change can be seen. Whatever a listener throws is logged. */
    public void changed() {
        for (Entry entry : entries) {
            try {
                entry.listener.run();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "a listener of readiness failed", e);
            }
        }
    }
}
