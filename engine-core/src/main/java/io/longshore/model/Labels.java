package io.longshore.model;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The names of an output's classes, in the order of the classes. Any bytes but a line feed are kept. Immutable. */
public final class Labels {
    /** No class has a name. */
    public static final Labels NONE = ofLines(new byte[0]);

    private final byte[] text;
    /** Where each line ends, without its line feed. */
    private final int[] ends;

    private Labels(byte[] text, int[] ends) {
        this.text = text;
        this.ends = ends;
    }

    /**
     * One label a line; an empty line is a class without a label. Lines may end as on Windows.
     *
     * @param text not to be changed any more
     */
    public static Labels ofLines(byte[] text) {
        int[] ends = new int[16];
        int count = 0;
        for (int at = 0; at < text.length; at++) {
            boolean last = at == text.length - 1;
            if (text[at] == '\n' || last) {
                if (count == ends.length) {
                    ends = Arrays.copyOf(ends, 2 * count);
                }
                ends[count++] = text[at] == '\n' ? at : at + 1;
            }
        }
        return new Labels(text, Arrays.copyOf(ends, count));
    }

    /** The bytes of a class's label; 0 where it has none. */
    public int byteSize(int position) {
        return position < ends.length ? end(position) - start(position) : 0;
    }

    /** Writes a class's label, of {@link #byteSize} bytes. */
    public void write(int position, ByteBuffer out) {
        if (position < ends.length) {
            out.put(text, start(position), byteSize(position));
        }
    }

    private int start(int position) {
        return position == 0 ? 0 : ends[position - 1] + 1;
    }

    private int end(int position) {
        int end = ends[position];
        return end > start(position) && text[end - 1] == '\r' ? end - 1 : end;
    }
}
