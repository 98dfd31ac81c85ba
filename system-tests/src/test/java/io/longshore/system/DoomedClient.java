package io.longshore.system;

import io.longshore.protocol.grpc.proto.ModelInferRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A client that has asked and is about to die as a killed process does: its connection is reset, without a word. */
final class DoomedClient {
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int END_HEADERS = 4;
    private static final int END_STREAM = 1;

    private final Socket socket;

    private DoomedClient(int port, byte[] request) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write(request);
    }

    /** Asks over REST. */
    static DoomedClient rest(LongshoreServer server, String model, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST /v2/models/" + model + "/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + bytes.length + "\r\n\r\n";
        return new DoomedClient(server.port(), joined(head.getBytes(StandardCharsets.US_ASCII), bytes));
    }

    /** Asks over gRPC. */
    static DoomedClient grpc(LongshoreServer server, ModelInferRequest request) throws IOException {
        byte[] message = request.toByteArray();
        byte[] framed = ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
        return new DoomedClient(
                server.grpcPort(),
                joined(
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                        frame(SETTINGS, 0, 0, new byte[0]),
                        frame(HEADERS, END_HEADERS, 1, head()),
                        frame(0, END_STREAM, 1, framed)));
    }

    /** Literals that no table keeps (RFC 7541, section 6.2.2). */
    private static byte[] head() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(":method", "POST");
        fields.put(":scheme", "http");
        fields.put(":path", "/inference.GRPCInferenceService/ModelInfer");
        fields.put(":authority", "localhost");
        fields.put("content-type", "application/grpc");
        fields.put("te", "trailers");
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        fields.forEach((name, value) -> {
            head.write(0);
            write(head, name);
            write(head, value);
        });
        return head.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.write(text.length());
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A frame of HTTP/2 (RFC 9113, section 4.1). */
    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Resets the connection. */
    void kill() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
