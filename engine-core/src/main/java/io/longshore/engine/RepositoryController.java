package io.longshore.engine;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.lifecycle.ModelManager;
import io.longshore.repository.ModelFolder;
import io.longshore.repository.ModelRepository;
import io.longshore.repository.RepositorySnapshot;
import io.longshore.repository.UploadFolder;
import io.longshore.repository.UploadStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** Decides which models of the repository are wanted, as the control mode says, and has them loaded. Thread-safe. */
final class RepositoryController {
    private static final Logger LOG = System.getLogger(RepositoryController.class.getName());
    /** How soon to look again at something that was seen changing. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final ModelRepository repository;
    private final ModelManager manager;
    private final OverriddenModels overrides;
    private final RequestedModels requested;
    private final EngineOptions options;
    private final EngineThreads threads;
    private final Runnable onReadiness;
    private final RepositoryWatch watch = new RepositoryWatch();
    private volatile boolean begun;
    private volatile String problem = "";
    private volatile boolean closed;

    RepositoryController(
            ModelRepository repository,
            ModelManager manager,
            UploadStore uploads,
            EngineOptions options,
            EngineThreads threads,
            Runnable onReadiness) {
        this.repository = repository;
        this.manager = manager;
        this.overrides = new OverriddenModels(repository, uploads, options.loading());
        this.requested = new RequestedModels(manager, name -> overrides.folder(name, LoadOverride.NONE));
        this.options = options;
        this.threads = threads;
        this.onReadiness = onReadiness;
    }

    /** Loads what is to be loaded at the start; done when all of it serves or has failed, or the repository failed. */
    CompletionStage<Void> start() {
        return CompletableFuture.supplyAsync(this::firstLook, threads.loading()).thenCompose(Function.identity());
    }

    /** Scans the repository and has its models loaded. */
    private CompletionStage<Void> firstLook() {
        try {
            return loadFirst(repository.scan());
        } catch (IOException | RuntimeException e) {
            setProblem("the model repository cannot be read: " + e.getMessage());
            throw new InferenceException(ErrorCode.UNAVAILABLE, problem, e);
        } finally {
            // Not after the loads: one model that loads for an hour must not keep the others from being followed.
            if (options.mode() == ControlMode.POLL) {
                lookAgainIn(options.pollInterval());
            }
        }
    }

    /** Why the repository cannot be read; empty while it can. */
    String problem() {
        return problem;
    }

    private void setProblem(String reason) {
        problem = reason;
        onReadiness.run();
    }

    /** Stops looking at the repository. */
    void close() {
        closed = true;
    }

    private CompletionStage<Void> loadFirst(RepositorySnapshot snapshot) {
        watch.begin(snapshot);
        begun = true;
        List<CompletableFuture<Void>> loads = new ArrayList<>();
        snapshot.models().keySet().forEach(manager::know);
        for (ModelFolder folder : snapshot.models().values()) {
            if (isWantedAtStart(folder.name())) {
                loads.add(settled(loadFirst(folder)));
            }
        }
        snapshot.problems().forEach((name, reason) -> {
            if (isWantedAtStart(name)) {
                loads.add(settled(manager.reject(name, reason)));
            } else {
                manager.know(name);
            }
        });
        for (String missing : missingAtStart(snapshot)) {
            loads.add(settled(manager.reject(missing, "model '" + missing + "' is not in the model repository")));
        }
        return CompletableFuture.allOf(loads.toArray(CompletableFuture<?>[]::new));
    }

    private CompletionStage<Void> loadFirst(ModelFolder folder) {
        return options.mode() == ControlMode.EXPLICIT
                ? requested.load(folder.name(), () -> folder)
                : manager.reconcile(folder);
    }

    private boolean isWantedAtStart(String name) {
        return options.mode() != ControlMode.EXPLICIT
                || options.loadAtStart().contains(EngineOptions.ALL_MODELS)
                || options.loadAtStart().contains(name);
    }

    private List<String> missingAtStart(RepositorySnapshot snapshot) {
        return options.loadAtStart().stream()
                .filter(name -> options.mode() == ControlMode.EXPLICIT && !name.equals(EngineOptions.ALL_MODELS))
                .filter(name -> !snapshot.models().containsKey(name)
                        && !snapshot.problems().containsKey(name))
                .toList();
    }

    /** The same stage, done also where the load failed: the failure is on the model's record already. */
    private static CompletableFuture<Void> settled(CompletionStage<Void> load) {
        return load.handle((done, failure) -> (Void) null).toCompletableFuture();
    }

    CompletionStage<Void> load(String name, LoadOverride override) {
        ModelManager.FolderSource folder;
        try {
            checkExplicit();
            checkName(name);
            folder = overrides.folder(name, override);
        } catch (RuntimeException e) {
            override.close();
            throw e;
        }
        CompletableFuture<Void> loaded = new CompletableFuture<>();
        requested.load(name, folder).whenComplete((done, failure) -> {
            // First, so that whoever is told of the end finds no files left of a load that failed.
            override.close();
            if (failure == null) {
                loaded.complete(null);
            } else {
                loaded.completeExceptionally(failure);
            }
        });
        return loaded;
    }

    UploadFolder beginUpload() {
        checkExplicit();
        return overrides.beginUpload();
    }

    CompletionStage<Void> unload(String name, boolean withParts) {
        checkExplicit();
        return requested.unload(name, withParts);
    }

    private void checkExplicit() {
        if (closed) {
            throw new InferenceException(ErrorCode.UNAVAILABLE, "the server is stopping, no model is loaded any more");
        }
        if (options.mode() != ControlMode.EXPLICIT) {
            throw new InferenceException(
                    ErrorCode.UNAVAILABLE, "explicit model load / unload is not allowed if polling is enabled");
        }
    }

    private static void checkName(String name) {
        if (name.isEmpty()) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT, "Model name cannot be empty. Please enter a valid name to deploy.");
        }
        if (name.contains("/") || name.contains("\\") || name.contains("..") || name.indexOf('\0') >= 0) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "invalid model name '" + name + "', model name must not contain path traversal characters");
        }
    }

    private void lookAgainIn(Duration delay) {
        if (closed) {
            return;
        }
        try {
            threads.delayer()
                    .schedule(
                            this::lookOnLoadingThread,
                            Deadline.after(delay, threads.ticker()).nanos());
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping, the repository is not looked at any more", e);
        }
    }

    private void lookOnLoadingThread() {
        try {
            threads.loading().execute(this::lookAndGoOn);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping, the repository is not looked at any more", e);
        }
    }

    private void lookAndGoOn() {
        Duration next = options.pollInterval();
        try {
            next = look();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "the model repository could not be looked at; what serves, serves on", e);
        } finally {
            lookAgainIn(next);
        }
    }

    /** Looks at the repository and acts; the time to the next look. */
    private Duration look() throws IOException {
        RepositorySnapshot snapshot = repository.scan();
        if (!begun) {
            loadFirst(snapshot).whenComplete((done, failure) -> setProblem(""));
            return options.pollInterval();
        }
        RepositoryWatch.Changes changes = watch.look(snapshot);
        changes.reconcile().forEach(manager::reconcile);
        changes.reject().forEach(manager::reject);
        changes.unload().forEach(manager::unload);
        boolean soon = changes.unsettled() && options.pollInterval().compareTo(SETTLING) > 0;
        return soon ? SETTLING : options.pollInterval();
    }
}
