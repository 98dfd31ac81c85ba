package io.longshore.ejb.config;

import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceSettings;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the value of {@code --trace-config}: entries {@code setting=value} or {@code mode,setting=value}. Settings and their
 * spellings are tritonserver's ({@code command_line_parser.cc}); those of {@code opentelemetry} are MicroProfile
 * Telemetry's affair, which the launcher tells them.
 */
final class TraceConfig {
    static final String EXPECTED =
            "entries 'level=OFF|TIMESTAMPS|TENSORS', 'rate=', 'count=', 'mode=triton|opentelemetry',"
                    + " 'triton,file=', 'triton,log-frequency=' or 'opentelemetry,...=', separated by ';'";

    private final Set<TraceLevel> levels = EnumSet.noneOf(TraceLevel.class);
    private boolean off;
    private long rate = TraceSettings.OFF.rate();
    private long count = TraceSettings.OFF.count();
    private long logFrequency = TraceSettings.OFF.logFrequency();
    private String file = TraceSettings.OFF.file();
    private TraceMode mode = TraceSettings.OFF.mode();

    private TraceConfig() {}

    /** @throws IllegalArgumentException for an entry that is none */
    static TraceSettings parse(String text) {
        TraceConfig config = new TraceConfig();
        for (String entry : text.split(";", -1)) {
            if (!entry.isBlank()) {
                config.read(entry.strip());
            }
        }
        return config.settings();
    }

    private TraceSettings settings() {
        return new TraceSettings(off ? Set.of() : levels, rate, count, logFrequency, file, mode);
    }

    private void read(String entry) {
        int equals = entry.indexOf('=');
        String name = entry.substring(0, Math.max(0, equals)).strip();
        String value = entry.substring(equals + 1).strip();
        if (value.isEmpty()) {
            throw none(entry);
        }
        switch (name) {
            case "level" -> readLevel(entry, value);
            case "rate" -> rate = number(entry, value, 0);
            case "count" -> count = number(entry, value, (int) TraceSettings.UNLIMITED);
            case "mode" -> mode = mode(entry, value);
            case "triton,log-frequency" -> logFrequency = number(entry, value, 0);
            case "triton,file" -> file = value;
            default -> {
                if (!name.startsWith("opentelemetry,")) {
                    throw none(entry);
                }
            }
        }
    }

    private void readLevel(String entry, String value) {
        switch (value.toLowerCase(Locale.ROOT)) {
            case "off", "false" -> off = true;
            case "timestamps", "true", "on", "min", "max" -> levels.add(TraceLevel.TIMESTAMPS);
            case "tensors" -> levels.add(TraceLevel.TENSORS);
            default -> throw none(entry);
        }
    }

    private static TraceMode mode(String entry, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "triton" -> TraceMode.TRITON;
            case "opentelemetry" -> TraceMode.OPENTELEMETRY;
            default -> throw none(entry);
        };
    }

    private static long number(String entry, String value, int least) {
        try {
            return SettingTypes.integer(value, least, Integer.MAX_VALUE);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("entry '" + entry + "' is none", e);
        }
    }

    private static IllegalArgumentException none(String entry) {
        return new IllegalArgumentException("entry '" + entry + "' is none");
    }
}
