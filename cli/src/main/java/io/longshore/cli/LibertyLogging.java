package io.longshore.cli;

import java.util.Map;
import java.util.TreeMap;

/**
 * Longshore's log settings in the words of Open Liberty's bootstrap properties
 * (com.ibm.ws.logging.*, see "Logging and tracing" in its documentation).
 */
final class LibertyLogging {
    /** What Liberty reports of itself at each start and stop; Longshore reports its own start, models and stop. */
    private static final String HIDDEN = String.join(
            ",",
            "TRAS0018I,TRAS3001I,CWWKE0001I,CWWKE0002I,CWWKE0036I,CWWKE0084I,CWWKE0085I,CWWKE1100I,CWWKE1101I",
            "CWWKF0011I,CWWKF0012I,CWWKG0028A,CWWKO0219I,CWWKO0220I,CWWKO1660I,CWWKT0016I,CWWKT0017I",
            "CWWKZ0001I,CWWKZ0009I,CWWKZ0018I,CWWKZ0136I,CWOWB1009W,SRVE9103I,SRVE0169I,SRVE0250I,SRVE0242I,SRVE0253I",
            "CNTR0167I,CNTR4000I,CNTR4001I,CNTR4003I,CNTR4004I,SESN8501I,SESN0172I,SESN0175I,SESN0176I");

    private LibertyLogging() {}

    /**
     * The properties for the log format and the verbosity in {@code settings}. The latter is the level that Liberty gives to
     * loggers when they are made; what of their messages is shown is the server's affair, since clients may change it.
     */
    static Map<String, String> properties(Settings settings) {
        Map<String, String> properties = new TreeMap<>();
        boolean json =
                settings.value(ServeOptions.LOG_FORMAT_KEY).orElse("text").equals("json");
        properties.put("com.ibm.ws.logging.console.format", json ? "json" : "tbasic");
        properties.put("com.ibm.ws.logging.console.log.level", "info");
        properties.put("com.ibm.ws.logging.hideMessage", HIDDEN);
        properties.put("com.ibm.ws.logging.trace.specification", "*=warning:io.longshore.*=" + level(settings));
        return properties;
    }

    private static String level(Settings settings) {
        return switch (settings.value(ServeOptions.LOG_VERBOSE_KEY).orElse("0")) {
            case "0" -> "info";
            case "1" -> "fine";
            default -> "finest";
        };
    }
}
