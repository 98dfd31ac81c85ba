package io.longshore.repository;

import io.longshore.inference.LogText;
import java.nio.charset.StandardCharsets;

/** What a file of an upload may be called: a plain relative path, so that nothing can be written outside the upload's folder. */
final class UploadNames {
    /** As deep as folders are looked at. */
    private static final int MAX_PARTS = 12;

    /** What file systems take for one name. */
    private static final int MAX_PART_BYTES = 255;

    private static final int SHOWN_CHARACTERS = 100;

    private UploadNames() {}

    /** What is wrong with a name; empty if nothing is. */
    static String problem(String name) {
        String[] parts = name.split("/", -1);
        if (parts.length > MAX_PARTS) {
            return told(name, "has more than " + MAX_PARTS + " parts");
        }
        for (String part : parts) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return told(name, "must be a relative path without empty parts, '.' and '..', such as 1/model.onnx");
            }
            if (part.getBytes(StandardCharsets.UTF_8).length > MAX_PART_BYTES) {
                return told(name, "has a part of more than " + MAX_PART_BYTES + " bytes");
            }
            if (part.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c))) {
                return told(name, "holds a backslash or a control character");
            }
        }
        return "";
    }

    /** A sentence about a name, of which a long one is cut. */
    static String told(String name, String what) {
        String shown = name.length() > SHOWN_CHARACTERS ? name.substring(0, SHOWN_CHARACTERS) + "…" : name;
        return "the file name '" + LogText.oneLine(shown) + "' " + what;
    }
}
