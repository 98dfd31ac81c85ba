package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.system.V2Client.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which instances run at once, and what becomes of one that does not come back. */
class InstancesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CLIENTS = 8;
    private static final int CALLS = 40;

    @TempDir
    private Path folder;

    @Test
    void modelsThatShareAResource_neverRunTogether() throws Exception {
        String needs = "instance_group { count: 4 rate_limiter { resources { name: \"R\" count: 1 } } }";
        TestRepository repository = repository().slow("one", needs).slow("other", needs);
        try (LongshoreServer server = LongshoreServer.start(repository.path(), "--rate-limit=execution_count")) {
            callBoth(server);
            assertThat(mostAtOnce(server)).isOne();
        }
    }

    @Test
    void amountOfAResource_isWhatTheOperatorSays() throws Exception {
        String needs = "instance_group { count: 4 rate_limiter { resources { name: \"R\" count: 2 } } }";
        String more = "instance_group { rate_limiter { resources { name: \"R\" count: 7 } } }";
        TestRepository repository =
                repository().slow("one", needs).slow("other", needs).slow("greedy", more);
        try (LongshoreServer server = LongshoreServer.start(
                repository.path(),
                "--rate-limit=execution_count",
                "--rate-limit-resource=R:6",
                "--strict-readiness=false")) {
            callBoth(server);
            assertThat(mostAtOnce(server)).isEqualTo(3);
            assertThat(new V2Client(server)
                            .post("/v2/repository/index", "")
                            .json()
                            .findPath("reason")
                            .asText())
                    .isEqualTo("Resource count for \"R\" is limited to 6 which will"
                            + " prevent scheduling of one or more model instances, the minimum required count is 7");
        }
    }

    @Test
    void modelThatHangs_isUnreadyAndTheOthersServeOn() throws Exception {
        TestRepository repository =
                repository().slow("slow", "instance_group { count: 1 }").simple("simple");
        try (LongshoreServer server = LongshoreServer.start(repository.path(), "--stuck-after-seconds=1")) {
            V2Client client = new V2Client(server);
            CompletableFuture<Reply> hanging =
                    CompletableFuture.supplyAsync(() -> client.infer("slow", SlowModel.request(8000)));
            Awaitility.await().atMost(PATIENCE).until(() -> ready(client, "slow") == 400);

            Reply refused = client.infer("slow", SlowModel.request(1));
            assertThat(refused.status()).as(refused.body()).isEqualTo(503);
            assertThat(refused.error()).startsWith("model 'slow' is stuck: 1 of 1 instances");
            assertThat(client.post("/v2/repository/index", "").body()).contains("model 'slow' is stuck");
            assertThat(ready(client, "simple")).isEqualTo(200);
            assertThat(client.infer("simple", V2Client.simpleRequest(1)).status())
                    .isEqualTo(200);

            assertThat(hanging.get().status()).isEqualTo(200);
            Awaitility.await().atMost(PATIENCE).until(() -> ready(client, "slow") == 200);
            assertThat(server.logText()).contains("an instance that seemed stuck works again");
        }
    }

    private static int ready(V2Client client, String model) {
        return client.get("/v2/models/" + model + "/ready").status();
    }

    private TestRepository repository() throws Exception {
        return new TestRepository(Files.createDirectories(folder.resolve("models")));
    }

    private static void callBoth(LongshoreServer server) throws Exception {
        V2Client client = new V2Client(server);
        AtomicInteger calls = new AtomicInteger();
        try (Load load = Load.start(CLIENTS, () -> {
            int call = calls.getAndIncrement();
            if (call < CALLS) {
                Reply reply = client.infer(call % 2 == 0 ? "one" : "other", SlowModel.request(50));
                assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            }
            return call < CALLS;
        })) {
            load.join();
        }
    }

    /** The most executions that the log saw begun and not ended. */
    private static int mostAtOnce(LongshoreServer server) {
        int running = 0;
        int most = 0;
        int begun = 0;
        for (String line : server.logText().lines().toList()) {
            if (line.contains(SlowModel.STARTED)) {
                running++;
                begun++;
            } else if (line.contains(SlowModel.ENDED)) {
                running--;
            }
            most = Math.max(most, running);
        }
        assertThat(begun).as("executions").isEqualTo(CALLS);
        return most;
    }
}
