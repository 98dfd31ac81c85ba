package io.longshore.protocol.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Messages as bytes, taken apart and put together in other lawful ways. */
final class WireBytes {
    private WireBytes() {}

    static byte[] of(EncodedMessage message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** One field of bytes. */
    static byte[] field(int number, byte... content) {
        return written(out -> out.writeByteArray(number, content));
    }

    /** The tag of a field of bytes and a length, with nothing behind them. */
    static byte[] prefix(int number, long length) {
        return written(out -> {
            out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt64NoTag(length);
        });
    }

    /** The same message in pieces, some empty, some outside the heap. */
    static List<ByteBuffer> pieces(byte[] message, SplittableRandom random) {
        List<ByteBuffer> pieces = new ArrayList<>();
        int largest = 1 + random.nextInt(1 + message.length);
        for (int from = 0; from < message.length; ) {
            int length = Math.min(random.nextInt(largest + 1), message.length - from);
            ByteBuffer piece = random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
            pieces.add(piece.put(message, from, length).flip());
            from += length;
        }
        return pieces;
    }

    /** The same fields in another order, those of one number among each other in the same, with unknown ones in between. */
    static byte[] shuffled(byte[] message, SplittableRandom random) {
        Map<Integer, Deque<byte[]>> fields = fieldsByNumber(message);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (!fields.isEmpty()) {
            if (random.nextInt(3) == 0) {
                out.writeBytes(unknownField(random));
            }
            List<Deque<byte[]>> kinds = List.copyOf(fields.values());
            out.writeBytes(kinds.get(random.nextInt(kinds.size())).remove());
            fields.values().removeIf(Deque::isEmpty);
        }
        return out.toByteArray();
    }

    private static Map<Integer, Deque<byte[]>> fieldsByNumber(byte[] message) {
        Map<Integer, Deque<byte[]>> fields = new TreeMap<>();
        CodedInputStream in = CodedInputStream.newInstance(message);
        try {
            while (!in.isAtEnd()) {
                int start = in.getTotalBytesRead();
                int tag = in.readTag();
                in.skipField(tag);
                byte[] field = java.util.Arrays.copyOfRange(message, start, in.getTotalBytesRead());
                fields.computeIfAbsent(WireFormat.getTagFieldNumber(tag), number -> new ArrayDeque<>())
                        .add(field);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fields;
    }

    private static byte[] unknownField(SplittableRandom random) {
        int number = random.nextBoolean() ? 8 + random.nextInt(20) : 1000 + random.nextInt(1 << 20);
        return switch (random.nextInt(5)) {
            case 0 -> written(out -> out.writeUInt64(number, random.nextLong()));
            case 1 -> written(out -> out.writeFixed32(number, random.nextInt()));
            case 2 -> written(out -> out.writeFixed64(number, random.nextLong()));
            case 3 -> field(number, new byte[random.nextInt(300)]);
            // A known number, but not of a known field's wire type.
            default -> written(out -> out.writeUInt32(1 + random.nextInt(7), random.nextInt()));
        };
    }

    static byte[] written(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writer.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes some fields. */
    interface Writer {
        void writeTo(CodedOutputStream out) throws IOException;
    }
}
