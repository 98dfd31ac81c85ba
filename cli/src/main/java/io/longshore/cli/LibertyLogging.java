package io.longshore.cli;

import java.util.Map;
import java.util.TreeMap;

/**
 * Longshore's log settings in the words of Open Liberty's bootstrap properties
 * (com.ibm.ws.logging.*, see "Logging and tracing" in its documentation).
 */
final class LibertyLogging {
    private LibertyLogging() {}

    /** The properties for the log format and the verbosity in {@code settings}. */
    static Map<String, String> properties(Settings settings) {
        Map<String, String> properties = new TreeMap<>();
        boolean json =
                settings.value(ServeOptions.LOG_FORMAT_KEY).orElse("text").equals("json");
        properties.put("com.ibm.ws.logging.console.format", json ? "json" : "tbasic");
        properties.put("com.ibm.ws.logging.console.log.level", "info");
        int verbosity =
                Integer.parseInt(settings.value(ServeOptions.LOG_VERBOSE_KEY).orElse("0"));
        properties.put("com.ibm.ws.logging.trace.specification", "*=warning:io.longshore.*=" + level(verbosity));
        if (verbosity > 0) {
            properties.put("com.ibm.ws.logging.trace.file.name", "stdout");
            properties.put("com.ibm.ws.logging.console.source", "message,trace");
        }
        return properties;
    }

    private static String level(int verbosity) {
        return switch (verbosity) {
            case 0 -> "info";
            case 1 -> "fine";
            default -> "finest";
        };
    }
}
