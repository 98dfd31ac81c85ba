package io.longshore.web.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelStreamInferResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client's side of one stream; it reads a response only when it is told to. */
final class StreamClient {
    private static final MethodDescriptor<ModelInferRequest, ModelStreamInferResponse> METHOD =
            MethodDescriptor.<ModelInferRequest, ModelStreamInferResponse>newBuilder(
                            ProtoUtils.marshaller(ModelInferRequest.getDefaultInstance()),
                            ProtoUtils.marshaller(ModelStreamInferResponse.getDefaultInstance()))
                    .setType(MethodType.BIDI_STREAMING)
                    .setFullMethodName("inference.GRPCInferenceService/ModelStreamInfer")
                    .build();

    private final BlockingQueue<ModelStreamInferResponse> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final ClientCall<ModelInferRequest, ModelStreamInferResponse> call;

    StreamClient(GrpcWire wire, Metadata headers) {
        call = wire.channel.newCall(METHOD, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(ModelStreamInferResponse message) {
                        responses.add(message);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                headers);
    }

    void send(ModelInferRequest request) {
        call.sendMessage(request);
    }

    /** Reads one response, waiting for it. */
    ModelStreamInferResponse next() throws InterruptedException {
        call.request(1);
        @Nullable ModelStreamInferResponse response = responses.poll(20, TimeUnit.SECONDS);
        if (response == null) {
            throw new AssertionError("no response; the stream's end: " + end.getNow(Status.UNKNOWN));
        }
        return response;
    }

    void halfClose() {
        call.halfClose();
    }

    void cancel() {
        call.cancel("the client has had enough", null);
    }

    /** Waits for the end of the stream. */
    Status end() throws Exception {
        call.request(1);
        return end.get(20, TimeUnit.SECONDS);
    }

    /** Responses that came without being read. */
    int unread() {
        return responses.size();
    }
}
