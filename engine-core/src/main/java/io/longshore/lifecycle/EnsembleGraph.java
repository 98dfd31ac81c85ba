package io.longshore.lifecycle;

import io.longshore.model.ModelConfig;
import io.longshore.repository.ModelFolder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which ensembles are to be served, and what each is made of, whether or not those models are there. Thread-safe. */
final class EnsembleGraph {
    private final Map<String, Node> nodes = new HashMap<>();

    /**
     * An ensemble as it is to be served.
     *
     * @param folder kept as long as the node is in the graph
     * @param draft what its configuration says; only touched in the ensemble's turn
     * @param parts the names of the models that it is made of
     */
    record Node(ModelFolder folder, ModelConfig.Builder draft, Set<String> parts) {}

    /** Notes what a model is now; one that is no ensemble, or no more, is forgotten. */
    void note(ModelFolder folder, ModelConfig.Builder draft) {
        if (draft.ensemble().isEmpty()) {
            forget(folder.name());
            return;
        }
        folder.retain();
        Node before;
        synchronized (this) {
            before = nodes.put(
                    folder.name(),
                    new Node(folder, draft, draft.ensemble().get().models()));
        }
        release(before);
    }

    /** Forgets an ensemble; its parts, none where it is not known. */
    Set<String> forget(String name) {
        Node before;
        synchronized (this) {
            before = nodes.remove(name);
        }
        release(before);
        return before == null ? Set.of() : before.parts();
    }

    private static void release(@Nullable Node node) {
        if (node != null) {
            node.folder().release();
        }
    }

    /** An ensemble by its name, or null. */
    synchronized @Nullable Node find(String name) {
        return nodes.get(name);
    }

    /** What an ensemble is made of; nothing where there is none of this name. */
    synchronized Set<String> parts(String name) {
        Node node = nodes.get(name);
        return node == null ? Set.of() : node.parts();
    }

    /** The ensembles that a model is a part of, sorted. */
    synchronized List<String> dependents(String part) {
        return nodes.entrySet().stream()
                .filter(entry -> entry.getValue().parts().contains(part))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The part through which an ensemble is made of itself; null where it is not. */
    synchronized @Nullable String cycleThrough(String name) {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(Set.of(name));
        for (String next = open.poll(); next != null; next = open.poll()) {
            Node node = nodes.get(next);
            if (node != null && node.parts().contains(name)) {
                return next;
            }
            if (node != null) {
                node.parts().stream().filter(seen::add).forEach(open::add);
            }
        }
        return null;
    }
}
