package io.longshore.engine;

import io.longshore.lifecycle.ModelManager;
import io.longshore.lifecycle.ModelManager.FolderSource;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Loads and unloads models on request, ensembles with the models that they are made of, and knows which ones were asked for
 * by name. Thread-safe.
 */
final class RequestedModels {
    private final ModelManager manager;
    private final Function<String, FolderSource> folders;
    private final Set<String> requested = ConcurrentHashMap.newKeySet();

    /**
     * @param manager does it
     * @param folders where a model that nobody has named comes from
     */
    RequestedModels(ModelManager manager, Function<String, FolderSource> folders) {
        this.manager = manager;
        this.folders = folders;
    }

    /** Loads a model, and before it what it is made of. */
    CompletionStage<Void> load(String name, FolderSource folder) {
        requested.add(name);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        seen.add(name);
        return load(name, folder, seen);
    }

    /** @param seen the models that are seen to already: ensembles may share parts, and must not wait for themselves */
    private CompletionStage<Void> load(String name, FolderSource folder, Set<String> seen) {
        return manager.reconcile(
                name,
                folder,
                parts -> all(parts.stream()
                        .filter(seen::add)
                        .map(part -> settled(load(part, folders.apply(part), seen)))
                        .toList()));
    }

    /**
     * Unloads a model.
     *
     * @param withParts also unload what it is made of, unless that was asked for by name or another ensemble is made of it
     */
    CompletionStage<Void> unload(String name, boolean withParts) {
        requested.remove(name);
        Set<String> parts = manager.parts(name);
        CompletionStage<Void> unloaded = manager.unload(name);
        return withParts ? unloaded.thenCompose(done -> unloadUnused(parts)) : unloaded;
    }

    private CompletionStage<Void> unloadUnused(Set<String> parts) {
        return all(parts.stream()
                .filter(part -> !requested.contains(part) && !manager.isPart(part))
                .map(part -> unload(part, true).toCompletableFuture())
                .toList());
    }

    private static CompletableFuture<Void> settled(CompletionStage<Void> load) {
        return load.handle((done, failure) -> (Void) null).toCompletableFuture();
    }

    private static CompletionStage<Void> all(Collection<CompletableFuture<Void>> stages) {
        return CompletableFuture.allOf(stages.toArray(CompletableFuture<?>[]::new));
    }
}
