package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthWatchTest {
    private final ChangingModels models = new ChangingModels();
    private GrpcWire wire;

    @BeforeEach
    void start() throws IOException {
        wire = new GrpcWire((request, sink) -> () -> {}, models, MemoryAllocator.HEAP);
    }

    @AfterEach
    void stop() {
        wire.close();
        assertThat(models.listeners()).isZero();
    }

    @Test
    void watchedServer_isToldAtOnceAndAtEachChange() throws Exception {
        Watch watch = new Watch("");
        assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);

        models.setServerReady(true);
        assertThat(watch.next()).isEqualTo(ServingStatus.SERVING);

        models.setServerReady(false);
        assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void unknownModel_isUnknownUntilItIsThere() throws Exception {
        Watch watch = new Watch("later");
        assertThat(watch.next()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);

        models.put("later", false);
        assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);

        models.put("later", true);
        assertThat(watch.next()).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void changeOfAnotherModel_isNotTold() throws Exception {
        models.put("mine", true);
        Watch watch = new Watch("mine");
        assertThat(watch.next()).isEqualTo(ServingStatus.SERVING);

        models.put("other", true);
        models.put("mine", false);

        assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void clientThatGoesAway_makesRoomForAnother() throws Exception {
        List<Watch> all = new ArrayList<>();
        for (int i = 0; i < HealthWatches.MOST; i++) {
            all.add(new Watch(""));
        }
        for (Watch each : all) {
            assertThat(each.next()).isEqualTo(ServingStatus.NOT_SERVING);
        }
        // Beyond what one connection may have, too, so it is refused on another.
        ManagedChannel other = wire.connect();
        try {
            Status refused = new Watch(other, "").end();
            assertThat(refused.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(refused.getDescription()).contains("1000 streams");

            all.get(0).cancel();
            Watch next = new Watch(other, "");
            while (next.isRefused()) {
                next = new Watch(other, "");
            }
            assertThat(next.next()).isEqualTo(ServingStatus.NOT_SERVING);
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void endOfTheServer_endsEveryWatch() throws Exception {
        Watch watch = new Watch("");
        assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);

        wire.stopWatching();

        assertThat(watch.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(new Watch("").end().getDescription()).isEqualTo("the server is stopping");
    }

    /** One stream, read as it comes. */
    private final class Watch {
        private final BlockingQueue<ServingStatus> told = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();
        private final CompletableFuture<Boolean> refused = new CompletableFuture<>();
        private final ClientCall<HealthCheckRequest, HealthCheckResponse> call;

        Watch(String service) {
            this(wire.channel, service);
        }

        Watch(Channel channel, String service) {
            call = channel.newCall(HealthGrpc.getWatchMethod(), CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(HealthCheckResponse message) {
                            told.add(message.getStatus());
                            refused.complete(false);
                            call.request(1);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            refused.complete(true);
                            end.complete(status);
                        }
                    },
                    new Metadata());
            call.sendMessage(HealthCheckRequest.newBuilder().setService(service).build());
            call.halfClose();
            call.request(1);
        }

        ServingStatus next() throws Exception {
            ServingStatus status = told.poll(20, TimeUnit.SECONDS);
            assertThat(status).as("a status").isNotNull();
            return status;
        }

        boolean isRefused() throws Exception {
            return refused.get(20, TimeUnit.SECONDS);
        }

        Status end() throws Exception {
            return end.get(20, TimeUnit.SECONDS);
        }

        void cancel() {
            call.cancel("seen enough", null);
        }
    }
}
