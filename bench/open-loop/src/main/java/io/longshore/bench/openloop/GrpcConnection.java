package io.longshore.bench.openloop;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;

/** A connection of its own that makes the same unary call each time; the message is not parsed. Any status but OK is a fault. */
final class GrpcConnection implements Connection {
    private static final Marshaller<byte[]> BYTES = new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final MethodDescriptor<byte[], byte[]> method;
    private final byte[] message;
    private final ManagedChannel channel;

    GrpcConnection(EventLoopGroup loops, URI target, byte[] message) {
        this.message = message;
        this.method = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodType.UNARY)
                .setFullMethodName(target.getPath().substring(1))
                .build();
        this.channel = NettyChannelBuilder.forAddress(target.getHost(), target.getPort())
                .usePlaintext()
                .eventLoopGroup(loops)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
    }

    @Override
    public void send(Answer answer) {
        ClientCalls.asyncUnaryCall(channel.newCall(method, CallOptions.DEFAULT), message, new StreamObserver<>() {
            @Override
            public void onNext(byte[] ignored) {}

            @Override
            public void onError(Throwable failure) {
                answer.complete(failure.toString());
            }

            @Override
            public void onCompleted() {
                answer.complete(null);
            }
        });
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
