package io.longshore.backend.onnxruntime;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Byte strings as the Java binding sees them. It passes texts through JNI's string functions, which know "modified UTF-8":
 * one to three bytes a character, no zero byte, and characters above U+FFFF only as two halves of three bytes each.
 *
 * <p>Source: Java Native Interface specification, "Modified UTF-8 Strings".
 */
final class NativeText {
    private NativeText() {}

    /**
     * The text that the binding turns into exactly these bytes, or null where there is none: bytes with a zero, with a
     * character above U+FFFF, or that are not UTF-8.
     */
    static @Nullable String carrierOf(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        int at = 0;
        while (at < bytes.length) {
            int length = sequenceLength(bytes, at);
            if (length == 0) {
                return null;
            }
            text.append(character(bytes, at, length));
            at += length;
        }
        return text.toString();
    }

    /** The bytes that the binding turns a text into; a zero becomes two bytes, which tell of the difference. */
    static byte[] bytesOf(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            append(bytes, text.charAt(i));
        }
        return bytes.toByteArray();
    }

    /**
     * The bytes behind a text that the JVM made of bytes outside modified UTF-8, of which it makes one character each.
     * Four such characters that form one of UTF-8's sequences of four bytes are taken for it.
     */
    static byte[] bytesOfLongSequences(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (isLongSequence(text, i)) {
                for (int end = i + 4; i < end; i++) {
                    bytes.write(text.charAt(i));
                }
                i--;
            } else {
                append(bytes, text.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    /** As {@link #bytesOfLongSequences}, with every character from U+0080 to U+00FF taken for a byte. */
    static byte[] bytesOfLatin(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80 && c <= 0xFF) {
                bytes.write(c);
            } else {
                append(bytes, c);
            }
        }
        return bytes.toByteArray();
    }

    /** The parts with a zero byte between each two. */
    static byte[] joinedWithZeros(List<byte[]> parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                bytes.write(0);
            }
            bytes.writeBytes(parts.get(i));
        }
        return bytes.toByteArray();
    }

    private static boolean isLongSequence(String text, int at) {
        if (at + 4 > text.length() || text.charAt(at) < 0xF0 || text.charAt(at) > 0xF4) {
            return false;
        }
        for (int i = at + 1; i < at + 4; i++) {
            if (text.charAt(i) < 0x80 || text.charAt(i) > 0xBF) {
                return false;
            }
        }
        return true;
    }

    /** The length of the sequence at a position if modified UTF-8 has such a one, else 0. */
    private static int sequenceLength(byte[] bytes, int at) {
        int first = bytes[at] & 0xFF;
        if (first == 0) {
            return 0;
        }
        if (first < 0x80) {
            return 1;
        }
        if (first >= 0xC2 && first < 0xE0) {
            return continues(bytes, at, 2) ? 2 : 0;
        }
        boolean long3 = first >= 0xE0 && first < 0xF0 && continues(bytes, at, 3);
        // Below A0, a second byte after E0 spells what two bytes can.
        return long3 && !(first == 0xE0 && (bytes[at + 1] & 0xFF) < 0xA0) ? 3 : 0;
    }

    private static boolean continues(byte[] bytes, int at, int length) {
        if (at + length > bytes.length) {
            return false;
        }
        for (int i = at + 1; i < at + length; i++) {
            if ((bytes[i] & 0xC0) != 0x80) {
                return false;
            }
        }
        return true;
    }

    private static char character(byte[] bytes, int at, int length) {
        return switch (length) {
            case 1 -> (char) bytes[at];
            case 2 -> (char) (((bytes[at] & 0x1F) << 6) | (bytes[at + 1] & 0x3F));
            default -> (char) (((bytes[at] & 0x0F) << 12) | ((bytes[at + 1] & 0x3F) << 6) | (bytes[at + 2] & 0x3F));
        };
    }

    private static void append(ByteArrayOutputStream bytes, char c) {
        if (c != 0 && c < 0x80) {
            bytes.write(c);
        } else if (c < 0x800) {
            bytes.write(0xC0 | (c >> 6));
            bytes.write(0x80 | (c & 0x3F));
        } else {
            bytes.write(0xE0 | (c >> 12));
            bytes.write(0x80 | ((c >> 6) & 0x3F));
            bytes.write(0x80 | (c & 0x3F));
        }
    }
}
