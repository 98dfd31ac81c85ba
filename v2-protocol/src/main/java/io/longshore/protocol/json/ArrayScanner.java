package io.longshore.protocol.json;

import io.longshore.inference.InferenceException;

/**
 * Reads the elements of a JSON array, flat or nested, in their order; how they are nested does not matter. Subclasses know
 * one kind of element. Not thread-safe; used once.
 *
 * <p>A subclass reads whole runs of elements in a loop of its own, because one virtual call for each element would cost as
 * much as reading it.
 */
abstract class ArrayScanner {
    /** The text. */
    protected final byte[] in;
    /** Where reading has come to. */
    protected int pos;
    /** Elements read. */
    protected int count;

    private final int end;
    private final int origin;
    private final int maxNesting;
    private int depth;

    ArrayScanner(JsonText text) {
        this.in = text.bytes();
        this.origin = text.start();
        this.end = text.end();
        this.maxNesting = text.maxNesting();
    }

    /**
     * Reads elements until what follows is neither an element nor a comma with an element behind it. Called with
     * {@link #pos} at the first byte of an element.
     */
    protected abstract void run();

    /**
     * Reads an array.
     *
     * @param from the position behind its opening bracket
     * @return the position of its closing bracket
     * @throws InferenceException INVALID_ARGUMENT
     */
    final int scan(int from) {
        pos = from;
        open();
        boolean mayClose = true;
        while (true) {
            int next = skipSpace();
            if (next == '[') {
                pos++;
                open();
                mayClose = true;
                continue;
            }
            if (next != ']' || !mayClose) {
                run();
            }
            if (closeAll()) {
                return pos;
            }
            mayClose = false;
        }
    }

    private void open() {
        depth++;
        if (depth >= maxNesting) {
            throw JsonFaults.tooDeep(maxNesting);
        }
    }

    /** Reads closing brackets; true at the last one, false behind a comma. */
    private boolean closeAll() {
        while (true) {
            int next = skipSpace();
            if (next == ',') {
                pos++;
                return false;
            }
            if (next != ']') {
                throw fault("Missing a comma or ] after an array element.");
            }
            depth--;
            if (depth == 0) {
                return true;
            }
            pos++;
        }
    }

    /** Behind an element: whether another follows in the same array; moves to it then. */
    protected final boolean more() {
        int next = at(pos);
        if (next <= ' ') {
            next = skipSpace();
        }
        if (next != ',') {
            return false;
        }
        int following = at(pos + 1);
        if (following > ' ' && following != '[') {
            pos++;
            return true;
        }
        return moreBehindSpace();
    }

    private boolean moreBehindSpace() {
        int comma = pos;
        pos++;
        if (skipSpace() != '[') {
            return true;
        }
        pos = comma;
        return false;
    }

    /** The byte at a position; -1 at the end of the text, as for bytes of -1, which no token contains. */
    protected final int at(int position) {
        return position < end ? in[position] : -1;
    }

    /** Whether this many bytes of text follow from a position on. */
    protected final boolean has(int position, int bytes) {
        return end - position >= bytes;
    }

    protected final int end() {
        return end;
    }

    /** Moves to the next byte that is not white space and returns it. */
    private int skipSpace() {
        int next = at(pos);
        while (next <= ' ') {
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                throw fault("Invalid value.");
            }
            pos++;
            next = at(pos);
        }
        return next;
    }

    /** The fault that the text is not JSON at the present position. */
    protected final InferenceException fault(String what) {
        return pos >= end ? JsonFaults.truncated((long) end - origin) : JsonFaults.syntax(what, (long) pos - origin);
    }

    /** The fault of an element that is not of the kind wanted, or no JSON value at all. */
    protected final InferenceException wrongElement(String found, String wanted) {
        int first = at(pos);
        boolean isValue = first == '"'
                || first == '{'
                || first == '-'
                || (first >= '0' && first <= '9')
                || startsWith("true")
                || startsWith("false")
                || startsWith("null")
                || startsWith("NaN")
                || startsWith("Inf");
        return isValue ? JsonFaults.wrongElement("non-" + found, wanted) : fault("Invalid value.");
    }

    /** Whether a word stands at the present position. */
    protected final boolean startsWith(String word) {
        return startsWith(word, pos);
    }

    /** Whether a word stands at a position. */
    protected final boolean startsWith(String word, int position) {
        if (!has(position, word.length())) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (in[position + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
