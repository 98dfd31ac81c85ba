package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.system.V2Client.Reply;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a server on SIGTERM. */
class ShutdownIT {
    private static final int CLIENTS = 8;

    @TempDir
    private Path folder;

    @Test
    void sigtermUnderLoad_everyAcceptedRequestIsAnsweredAndTheExitIsClean() throws Exception {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")))
                .simple("simple")
                .javaModel("slow", SlowModel.class);
        try (LongshoreServer server = LongshoreServer.start(repository.path())) {
            V2Client client = new V2Client(server);
            AtomicLong answered = new AtomicLong();
            try (Load load = Load.start(CLIENTS, () -> step(client, answered))) {
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() > 100);
                Reply slow = inFlightWhileStopping(server, client);
                assertThat(slow.status()).as(slow.body()).isEqualTo(200);
                load.join();
            }
            assertThat(server.awaitExit()).isZero();
        }
    }

    /** A request that the model takes a second for, and a SIGTERM once it has been accepted. */
    private static Reply inFlightWhileStopping(LongshoreServer server, V2Client client) throws Exception {
        CompletableFuture<Reply> reply =
                CompletableFuture.supplyAsync(() -> client.infer("slow", SlowModel.request(1000)));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> server.logText().contains(SlowModel.STARTED));
        server.terminate();
        return reply.get();
    }

    /** Calls until the server says that it stops, or takes no more connections; nothing else may go wrong. */
    private static boolean step(V2Client client, AtomicLong answered) {
        Reply reply;
        try {
            reply = client.infer("simple", V2Client.simpleRequest(1));
        } catch (UncheckedIOException e) {
            assertThat(e.getCause()).isInstanceOfAny(java.net.ConnectException.class, java.io.IOException.class);
            return false;
        }
        if (reply.status() == 503) {
            return false;
        }
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        answered.incrementAndGet();
        return true;
    }
}
