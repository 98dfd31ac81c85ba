package io.longshore.protocol.config;

import java.util.Arrays;

/** What a file name in a configuration may be. */
final class PathRules {
    private PathRules() {}

    /** Whether a relative path could lead out of the folder it is meant for. */
    static boolean leavesFolder(String path) {
        String slashed = path.replace('\\', '/');
        return slashed.startsWith("/")
                || slashed.indexOf('\0') >= 0
                || Arrays.asList(slashed.split("/", -1)).contains("..");
    }
}
