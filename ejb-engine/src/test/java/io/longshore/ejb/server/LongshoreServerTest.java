package io.longshore.ejb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longshore.ejb.config.ConfigReader;
import io.longshore.ejb.process.StartReport;
import io.longshore.inference.AccessRules;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.GrpcTransport;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.SharedRegion;
import io.longshore.inference.WireSettings;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LongshoreServerTest {
    @TempDir
    Path repository;

    private final HeldBackend backend = new HeldBackend();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Map<String, String> settings = new HashMap<>();
    private @Nullable LongshoreServer server;

    @BeforeEach
    void addModel() throws IOException {
        addModel("works");
        settings.put("longshore.model-repository", repository.toString());
        settings.put("longshore.exit-timeout-secs", "30");
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void brokenModel_othersServeAndTheProcessGoesOn() throws IOException {
        addModel("broken");

        StartReport report = start();

        assertThat(report.readyModels()).containsExactly("works");
        assertThat(report.failedModels()).containsExactly("broken");
        assertThat(report.readiness().isReady()).isFalse();
        assertThat(exitCode).isNotDone();
    }

    @Test
    void brokenModelAndExitOnError_processEndsWithOne() throws IOException {
        addModel("broken");
        settings.put("longshore.exit-on-error", "true");

        start();

        assertThat(exitCode).isCompletedWithValue(1);
    }

    @Test
    void sharedMemoryOfClients_isForbiddenUnlessAllowed() {
        assertThat(registering()).isEqualTo(ErrorCode.UNSUPPORTED);
        settings.put("longshore.allow-client-shm", "true");
        assertThat(registering()).isEqualTo(ErrorCode.REGION_UNUSABLE);
    }

    @Test
    void unreadableRepositoryAndExitOnError_processEndsWithOne() throws IOException {
        Path link = Files.createSymbolicLink(repository.resolve("gone"), repository.resolve("works"));
        settings.put("longshore.model-repository", link.toString());
        settings.put("longshore.exit-on-error", "true");
        server = newServer();
        Files.delete(link);

        server.start().toCompletableFuture().join();

        assertThat(exitCode).isCompletedWithValue(1);
    }

    @Test
    void signalWhileARequestRuns_endsWithZeroOnceItIsAnswered() throws Exception {
        start();
        CompletableFuture<Void> accepted = infer();

        running().onSignal("TERM");

        assertThat(running().engine().readiness().isReady()).isFalse();
        assertThatThrownBy(() -> infer().join())
                .cause()
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(exitCode).isNotDone();
        backend.answerOne();
        assertThat(accepted).isCompleted();
        assertThat(exitCode.get(30, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void signalWithGrace_stillAccepts() throws Exception {
        settings.put("longshore.drain-grace-secs", "3600");
        start();

        running().onSignal("TERM");
        running().onSignal("INT");

        assertThat(running().engine().readiness().isReady()).isFalse();
        CompletableFuture<Void> accepted = infer();
        backend.answerOne();
        assertThat(accepted).isCompleted();
        assertThat(exitCode).isNotDone();
    }

    @Test
    void signalAndARequestThatDoesNotEnd_endsWithOne() throws Exception {
        settings.put("longshore.exit-timeout-secs", "0");
        start();
        CompletableFuture<Void> accepted = infer();

        running().onSignal("TERM");

        assertThat(exitCode.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(accepted).isNotDone();
        backend.answerOne();
    }

    @Test
    void closed_modelsMemoryAndThreadsAreGone() throws Exception {
        start();
        CompletableFuture<Void> accepted = infer();
        backend.answerOne();
        accepted.join();
        BudgetedAllocator memory = running().allocator();

        running().close();

        assertThat(backend.openModels).hasValue(0);
        assertThat(memory.inUse()).isZero();
        assertThat(running().engine().isLive()).isFalse();
        for (Thread thread : threads) {
            thread.join(30_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
        assertThat(exitCode).isNotDone();
    }

    @Test
    void settings_reachTheWires() {
        settings.put("longshore.server-name", "desk");
        settings.put("longshore.http.max-input-size", "99");
        settings.put("longshore.grpc.port", "9001");
        settings.put("longshore.http.header-forward-pattern", "x-.*");
        settings.put("longshore.grpc.header-forward-pattern", "y-.*");
        settings.put("longshore.exit-timeout-secs", "7");

        start();

        WireSettings wire = running().settings();
        assertThat(wire.serverName()).isEqualTo("desk");
        assertThat(wire.serverVersion()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(wire.maxInputSize()).isEqualTo(99);
        assertThat(wire.forwarding()).isEqualTo(new WireSettings.HeaderPatterns("x-.*", "y-.*"));
        assertThat(wire.grpc())
                .isEqualTo(new WireSettings.Grpc(
                        true, "127.0.0.1", 9001, Duration.ofSeconds(7), GrpcTransport.DEFAULT, AccessRules.NONE));
    }

    private void addModel(String name) throws IOException {
        Files.writeString(
                Files.createDirectories(repository.resolve(name).resolve("1")).resolve("model.bin"), "x");
    }

    private StartReport start() {
        server = newServer();
        return server.start().toCompletableFuture().join();
    }

    private LongshoreServer newServer() {
        ConfigReader reader = new ConfigReader(new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "the test", 400))
                .build());
        return new LongshoreServer(
                reader.read(), this::newThread, List.of(backend), Optional.empty(), exitCode::complete);
    }

    /** Why a new server does not register an object that there is not. */
    private ErrorCode registering() {
        try (LongshoreServer fresh = newServer()) {
            return assertThrows(
                            InferenceException.class,
                            () -> fresh.sharedMemory()
                                    .register(new SharedRegion.Posix("r", "/longshore_nowhere", 0, 1)))
                    .code();
        }
    }

    private Thread newThread(Runnable task) {
        Thread thread = new Thread(task);
        threads.add(thread);
        return thread;
    }

    private LongshoreServer running() {
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return server;
    }

    /** Starts a request; done at its end, or failed with its failure. */
    private CompletableFuture<Void> infer() {
        Tensor input = new Tensor(
                "IN", DataType.INT8, Shape.of(1), running().allocator().allocate(1));
        CompletableFuture<Void> end = new CompletableFuture<>();
        running()
                .engine()
                .infer(InferenceRequest.of(ModelSelector.latest("works"), List.of(input)), new ResponseSink() {
                    @Override
                    public void onResponse(InferenceResponse response, boolean isFinal) {
                        response.release();
                        end.complete(null);
                    }

                    @Override
                    public void onError(InferenceException failure) {
                        end.completeExceptionally(failure);
                    }
                });
        return end;
    }
}
