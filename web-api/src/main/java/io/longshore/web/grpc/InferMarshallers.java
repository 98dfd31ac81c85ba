package io.longshore.web.grpc;

import io.grpc.MethodDescriptor.Marshaller;
import io.longshore.protocol.grpc.EncodedMessage;
import java.io.InputStream;

/** Messages that are not to become protobuf's objects. */
final class InferMarshallers {
    /**
     * Hands a request over as it came. It is decoded by the call, where a fault has a status; what a marshaller throws would
     * end the call as UNKNOWN. gRPC closes the stream when the call has seen it.
     */
    static final Marshaller<InputStream> REQUEST = new Marshaller<>() {
        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
            return stream;
        }
    };

    /** Writes responses; this side reads none. */
    static final Marshaller<EncodedMessage> RESPONSE = new Marshaller<>() {
        @Override
        public InputStream stream(EncodedMessage value) {
            return new MessageStream(value);
        }

        @Override
        public EncodedMessage parse(InputStream stream) {
            throw new UnsupportedOperationException("responses are written, not read");
        }
    };

    private InferMarshallers() {}
}
