package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.model.ModelId;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InboundMemoryTest {
    private static final int LIMIT = 4 << 20;

    private GrpcWire wire;

    @BeforeEach
    void start() throws IOException {
        wire = GrpcWire.bounded(InboundMemoryTest::answer, LIMIT);
    }

    @AfterEach
    void everythingIsGivenBack() {
        wire.close();
        assertThat(wire.inbound.inUse()).isZero();
    }

    @Test
    void messageBeyondTheBudget_endsItsCallAlone() throws Exception {
        Status refused = status(infer(2 * LIMIT));

        assertThat(refused.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(refused.getDescription()).contains("budget of " + LIMIT);
        assertThat(status(infer(LIMIT / 2)).getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void otherMethods_countToo() {
        HealthCheckRequest huge = HealthCheckRequest.newBuilder()
                .setService("x".repeat(2 * LIMIT))
                .build();

        Status refused = status(
                Futures.submit(() -> HealthGrpc.newBlockingStub(wire.channel).check(huge), Runnable::run));

        assertThat(refused.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(refused.getDescription()).contains("budget of " + LIMIT);
    }

    @Test
    void manyCallsAtOnce_shareTheBudget() {
        List<ListenableFuture<ModelInferResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            calls.add(infer(LIMIT / 2));
        }

        // Those that found no room were refused, and whoever came last had all of it.
        assertThat(calls.stream().map(call -> status(call).getCode()))
                .contains(Status.Code.OK)
                .allMatch(code -> code == Status.Code.OK || code == Status.Code.UNAVAILABLE);
    }

    @Test
    void messagesOfAStream_areGivenBackOneByOne() throws Exception {
        StreamClient stream = new StreamClient(wire, new Metadata());
        for (int i = 0; i < 8; i++) {
            stream.send(GrpcWire.request(LIMIT / 2));
            assertThat(stream.next().getInferResponse().getId()).isEqualTo("7");
            stream.send(GrpcWire.request(4));
            assertThat(stream.next().getErrorMessage()).isEmpty();
        }
        stream.halfClose();

        assertThat(stream.end().getCode()).isEqualTo(Status.Code.OK);
    }

    private ListenableFuture<ModelInferResponse> infer(int bytes) {
        return ClientCalls.futureUnaryCall(
                wire.channel.newCall(GrpcWire.INFER, CallOptions.DEFAULT), GrpcWire.request(bytes));
    }

    private static Status status(ListenableFuture<?> call) {
        try {
            call.get(60, TimeUnit.SECONDS);
            return Status.OK;
        } catch (ExecutionException e) {
            return e.getCause() instanceof StatusRuntimeException failure ? failure.getStatus() : Status.UNKNOWN;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static InferenceCall answer(InferenceRequest request, ResponseSink sink) {
        request.release();
        sink.onResponse(new InferenceResponse(request.id(), new ModelId("m", 1), List.of(), Parameters.NONE), true);
        return () -> {};
    }
}
