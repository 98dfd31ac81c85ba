package io.longshore.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A connection on which a test says exactly what it wants, right or wrong. */
final class RawHttp implements AutoCloseable {
    private static final int READ_LIMIT_MILLIS = 60_000;

    private final Socket socket;

    RawHttp(LongshoreServer server) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(READ_LIMIT_MILLIS);
    }

    /** What the server answered. */
    record Answer(int status, Map<String, String> headers, String body) {}

    RawHttp send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawHttp send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends a POST whose Content-Length is {@code length}, whatever the body's is. */
    RawHttp post(String path, String headers, byte[] body, long length) throws IOException {
        send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n" + headers + "\r\n");
        return send(body);
    }

    /** Says that nothing more will be sent. */
    RawHttp endOfInput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Reads one answer with a Content-Length. */
    Answer read() throws IOException {
        String status = line();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
        }
        int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
        byte[] body = socket.getInputStream().readNBytes(length);
        return new Answer(
                Integer.parseInt(status.split(" ", -1)[1]), headers, new String(body, StandardCharsets.UTF_8));
    }

    /** Reads, whatever comes, until it ends with this text. */
    String readUntil(String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                throw new IOException("the server closed the connection after '" + text + "'");
            }
            text.append((char) c);
        }
        return text.toString();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c != '\n';
                c = socket.getInputStream().read()) {
            if (c < 0) {
                throw new IOException("the server closed the connection after '" + line + "'");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
