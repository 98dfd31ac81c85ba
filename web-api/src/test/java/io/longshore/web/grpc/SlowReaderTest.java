package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.model.ModelId;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.web.http.TrackedAllocator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that let the server send a few bytes and then read no more. */
class SlowReaderTest {
    private static final int LIMIT = 8 << 20;
    private static final int RESPONSE = 1 << 20;
    /** Flow control lets so many bytes of each call go out unread. */
    private static final int WINDOW = 1024;

    private final TrackedAllocator memory = TrackedAllocator.direct(LIMIT);
    private GrpcWire wire;
    private ManagedChannel slow;

    @BeforeEach
    void start() throws IOException {
        wire = new GrpcWire(SlowReaderTest::echo, new FewModels(), memory);
        slow = NettyChannelBuilder.forAddress("127.0.0.1", wire.server.port())
                .usePlaintext()
                .flowControlWindow(WINDOW)
                .build();
    }

    @AfterEach
    void nothingIsLost() {
        slow.shutdownNow();
        wire.close();
        assertThat(memory.inUse()).isZero();
    }

    @Test
    void unreadResponses_countInTheBudgetUntilItIsSpent() throws Exception {
        Deque<Call> unread = callUntilRefused();

        assertThat(unread).hasSizeBetween(1, LIMIT / RESPONSE);
        assertThat(memory.inUse()).isGreaterThanOrEqualTo((long) unread.size() * RESPONSE);
    }

    @Test
    void responsesThatAreRead_makeRoomForOthers() throws Exception {
        for (Call call : callUntilRefused()) {
            assertThat(call.read().getRawOutputContents(0).size()).isEqualTo(RESPONSE);
        }

        // Each call tells its end on a thread of its own, so the budget may be spent for a moment yet.
        Call next = new Call();
        while (!next.isAnswered()) {
            next = new Call();
        }
        assertThat(next.read().getId()).isEqualTo("7");
    }

    @Test
    void clientThatGoesAway_leavesNothing() throws Exception {
        callUntilRefused();
        // And the check of every test: nothing is in use.
        slow.shutdownNow();

        assertThat(slow.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Calls that were answered and not read, before the first that was refused. */
    private Deque<Call> callUntilRefused() throws Exception {
        Deque<Call> unread = new ArrayDeque<>();
        for (int i = 0; i <= LIMIT / RESPONSE; i++) {
            Call call = new Call();
            if (!call.isAnswered()) {
                assertThat(call.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(call.end().getDescription()).contains("budget");
                return unread;
            }
            unread.add(call);
        }
        throw new AssertionError("none of " + unread.size() + " calls was refused");
    }

    private static InferenceCall echo(InferenceRequest request, ResponseSink sink) {
        sink.onResponse(
                new InferenceResponse(
                        request.id(), new ModelId("m", 1), List.copyOf(request.inputs()), Parameters.NONE),
                true);
        return () -> {};
    }

    /** One call, whose response is read only on demand. */
    private final class Call {
        private final CompletableFuture<Boolean> answered = new CompletableFuture<>();
        private final CompletableFuture<ModelInferResponse> response = new CompletableFuture<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();
        private final ClientCall<ModelInferRequest, ModelInferResponse> call =
                slow.newCall(GrpcWire.INFER, CallOptions.DEFAULT);

        Call() {
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onHeaders(Metadata headers) {
                            answered.complete(true);
                        }

                        @Override
                        public void onMessage(ModelInferResponse message) {
                            response.complete(message);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            answered.complete(false);
                            end.complete(status);
                        }
                    },
                    new Metadata());
            call.sendMessage(GrpcWire.request(RESPONSE));
            call.halfClose();
        }

        boolean isAnswered() throws Exception {
            return answered.get(20, TimeUnit.SECONDS);
        }

        ModelInferResponse read() throws Exception {
            call.request(2);
            return response.get(20, TimeUnit.SECONDS);
        }

        Status end() throws Exception {
            return end.get(20, TimeUnit.SECONDS);
        }
    }
}
