package io.longshore.bench.echo;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A call that returns its message. It parses nothing and runs nothing, so it is what a call could do at best. */
final class EchoService {
    private static final String NAME = "bench.Echo";

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

    private EchoService() {}

    /** The service, with its one unary method {@code bench.Echo/Echo}. */
    static ServerServiceDefinition definition() {
        MethodDescriptor<byte[], byte[]> echo = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "Echo"))
                .build();
        return ServerServiceDefinition.builder(NAME)
                .addMethod(echo, ServerCalls.asyncUnaryCall((message, answers) -> {
                    answers.onNext(message);
                    answers.onCompleted();
                }))
                .build();
    }
}
