package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.system.V2Client.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One model's wait is not another's. */
class FairnessIT {
    private static final int WAITING = 200;
    private static final int CALLS = 500;

    @TempDir
    private Path folder;

    @Test
    void twoHundredRequestsWaitForASleepingModel_othersAreServedAllTheWhile() throws Exception {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")))
                .simple("simple")
                .javaModel("slow", SlowModel.class);
        // At the end nobody waits for the two hundred any more.
        try (LongshoreServer server = LongshoreServer.start(repository.path(), "--exit-timeout-secs=1")) {
            V2Client client = new V2Client(server);
            try (Load waiting = Load.start(WAITING, () -> waitOnce(client))) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> server.logText().contains(SlowModel.STARTED));
                for (int i = 0; i < CALLS; i++) {
                    assertThat(client.infer("simple", V2Client.simpleRequest(i)).status())
                            .isEqualTo(200);
                }
                // All those calls were answered while hardly any of the waiting ones can have been.
                assertThat(waiting.completed()).isLessThan(WAITING / 2);
            }
        }
    }

    /** One request that is answered after everybody before it; ends when the client gives up. */
    private static boolean waitOnce(V2Client client) {
        Reply reply = client.infer("slow", SlowModel.request(2000));
        return reply.status() == 200;
    }
}
