package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ConnectivityState;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.longshore.inference.GrpcTransport;
import io.longshore.inference.GrpcTransport.Age;
import io.longshore.inference.GrpcTransport.Compression;
import io.longshore.inference.GrpcTransport.Keepalive;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.model.ModelId;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.tensor.MemoryAllocator;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcTransportTest {
    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);
    private static final int BYTES = 100_000;
    private static final int PINGS = 8;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;

    private @Nullable GrpcWire wire;

    @AfterEach
    void stop() {
        if (wire != null) {
            wire.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void compression_isGzipForClientsThatKnowIt(Compression level) throws Exception {
        GrpcWire started = start(GrpcTransport.DEFAULT.withCompression(level));

        assertThat(encodingOf(started.channel)).isEqualTo("gzip");
    }

    @Test
    void compression_isLeftOutForClientsThatDoNotKnowIt() throws Exception {
        GrpcWire started = start(GrpcTransport.DEFAULT.withCompression(Compression.HIGH));
        ManagedChannel plain = NettyChannelBuilder.forAddress("127.0.0.1", started.server.port())
                .usePlaintext()
                .decompressorRegistry(DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, true))
                .build();
        try {
            assertThat(encodingOf(plain)).isEqualTo("identity");
        } finally {
            plain.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void requestsInBothCodings_areUnderstood(String coding) throws Exception {
        GrpcWire started = start(GrpcTransport.DEFAULT);
        CompressorRegistry known = CompressorRegistry.newEmptyInstance();
        known.register(new Codec.Gzip());
        known.register(new Deflate());
        ManagedChannel compressing = NettyChannelBuilder.forAddress("127.0.0.1", started.server.port())
                .usePlaintext()
                .compressorRegistry(known)
                .build();
        try {
            ModelInferResponse answer = ClientCalls.blockingUnaryCall(
                    compressing, GrpcWire.INFER, CallOptions.DEFAULT.withCompression(coding), GrpcWire.request(BYTES));
            assertThat(answer.getRawOutputContents(0).size()).isEqualTo(BYTES);
        } finally {
            compressing.shutdownNow();
        }
    }

    /** What gRPC's C core calls deflate: zlib's format. */
    private static final class Deflate implements Compressor {
        @Override
        public String getMessageEncoding() {
            return "deflate";
        }

        @Override
        public OutputStream compress(OutputStream target) {
            return new DeflaterOutputStream(target);
        }
    }

    @Test
    void noCompression_isTheDefault() throws Exception {
        assertThat(encodingOf(start(GrpcTransport.DEFAULT).channel)).isEqualTo("identity");
    }

    @Test
    void levels_trySmallerAndSmaller() throws Exception {
        assertThat(compressed(Compression.LOW)).isGreaterThan(compressed(Compression.HIGH));
    }

    private static int compressed(Compression level) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        var compressor = InferCompression.registry(level).lookupCompressor("gzip");
        assertThat(compressor).isNotNull();
        try (OutputStream out = compressor.compress(bytes)) {
            for (int i = 0; i < BYTES; i++) {
                out.write(("line " + i * 7919 % 1000 + " of the text\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
        return bytes.size();
    }

    @Test
    void connectionOfItsAge_isEndedByTheServer() throws Exception {
        GrpcTransport transport = new GrpcTransport(
                Optional.empty(),
                Keepalive.DEFAULT,
                new Age(Optional.of(Duration.ofMillis(50)), Optional.empty()),
                Compression.NONE);
        GrpcWire started = start(transport);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        assertThat(started.infer(GrpcWire.request(4)).getId()).isEqualTo("7");

        onIdle(started.channel, ended);

        ended.get(20, TimeUnit.SECONDS);
        assertThat(started.infer(GrpcWire.request(4)).getId()).isEqualTo("7");
    }

    /** A channel turns idle when its server has told it to go. */
    private static void onIdle(ManagedChannel channel, CompletableFuture<Void> ended) {
        ConnectivityState state = channel.getState(false);
        if (state == ConnectivityState.IDLE) {
            ended.complete(null);
        } else {
            channel.notifyWhenStateChanged(state, () -> onIdle(channel, ended));
        }
    }

    @Test
    void clientThatPingsTooOften_isCutOff() throws Exception {
        assertThat(answersToPings(Keepalive.DEFAULT)).contains(GO_AWAY);
    }

    @Test
    void clientThatPingsAsOftenAsAllowed_isAnswered() throws Exception {
        Keepalive often = new Keepalive(Duration.ofHours(2), Duration.ofSeconds(20), true, Duration.ZERO);

        assertThat(answersToPings(often)).doesNotContain(GO_AWAY).contains(PING);
    }

    @Test
    void clientThatIsSilent_isPingedAndCutOff() throws Exception {
        Keepalive eager = new Keepalive(Duration.ofMillis(20), Duration.ofMillis(50), false, Duration.ofMinutes(5));
        GrpcWire started = start(new GrpcTransport(Optional.empty(), eager, Age.UNLIMITED, Compression.NONE));

        try (Socket socket = connected(started)) {
            // The end of what the server sends, after a ping that this client leaves unanswered.
            assertThat(frames(socket, type -> false)).contains(PING);
        }
    }

    /** The types of frames that answer eight pings. */
    private Set<Integer> answersToPings(Keepalive keepalive) throws IOException {
        GrpcWire started = start(new GrpcTransport(Optional.empty(), keepalive, Age.UNLIMITED, Compression.NONE));
        AtomicInteger answers = new AtomicInteger();
        try (Socket socket = connected(started)) {
            for (int i = 0; i < PINGS; i++) {
                frame(socket, PING, new byte[8]);
            }
            return frames(socket, type -> type == GO_AWAY || (type == PING && answers.incrementAndGet() == PINGS));
        }
    }

    /** A connection of HTTP/2 that has said its preface and no more. */
    private static Socket connected(GrpcWire started) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), started.server.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(socket, SETTINGS, new byte[0]);
        return socket;
    }

    private static void frame(Socket socket, int type, byte[] payload) throws IOException {
        byte[] head = {0, 0, (byte) payload.length, (byte) type, 0, 0, 0, 0, 0};
        socket.getOutputStream().write(head);
        socket.getOutputStream().write(payload);
    }

    /** The types of frames that come until the last one wanted, or the end. */
    private static Set<Integer> frames(Socket socket, IntPredicate last) throws IOException {
        Set<Integer> types = new TreeSet<>();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        for (int first = in.read(); first >= 0; first = in.read()) {
            int length = first << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            in.skipNBytes(5 + length);
            types.add(type);
            if (last.test(type)) {
                break;
            }
        }
        return types;
    }

    private GrpcWire start(GrpcTransport transport) throws IOException {
        wire = new GrpcWire(
                GrpcTransportTest::echo, new FewModels(), new RecordingControl(), MemoryAllocator.HEAP, transport);
        return wire;
    }

    private static String encodingOf(ManagedChannel channel) throws Exception {
        CompletableFuture<String> encoding = new CompletableFuture<>();
        CompletableFuture<ModelInferResponse> answer = new CompletableFuture<>();
        var call = channel.newCall(GrpcWire.INFER, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onHeaders(Metadata headers) {
                        encoding.complete(headers.get(ENCODING));
                    }

                    @Override
                    public void onMessage(ModelInferResponse message) {
                        answer.complete(message);
                    }
                },
                new Metadata());
        call.sendMessage(GrpcWire.request(BYTES));
        call.halfClose();
        call.request(1);
        assertThat(answer.get(20, TimeUnit.SECONDS).getRawOutputContents(0).size())
                .isEqualTo(BYTES);
        return encoding.get();
    }

    private static InferenceCall echo(InferenceRequest request, ResponseSink sink) {
        sink.onResponse(
                new InferenceResponse(
                        request.id(), new ModelId("m", 1), List.copyOf(request.inputs()), Parameters.NONE),
                true);
        return () -> {};
    }
}
