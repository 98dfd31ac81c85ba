package io.longshore.inference;

/** Makes what clients have sent fit for the log: a line feed or the like in it must not forge a line. */
public final class LogText {
    private static final int MAX_NAME = 128;

    private LogText() {}

    /** A name or an id: at most 128 characters, without control characters. */
    public static String name(String text) {
        return oneLine(text.length() > MAX_NAME ? text.substring(0, MAX_NAME) : text);
    }

    /** Any text, without control characters. */
    public static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
