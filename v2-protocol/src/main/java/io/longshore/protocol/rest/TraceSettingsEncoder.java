package io.longshore.protocol.rest;

import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows trace settings (V2 trace extension): as JSON, and as the lists of texts that gRPC has. */
public final class TraceSettingsEncoder {
    private static final List<String> OFF = List.of("OFF");

    private TraceSettingsEncoder() {}

    /** {@code {"trace_level":["TIMESTAMPS"],"trace_rate":"1000",…}}, UTF-8. */
    public static byte[] json(TraceSettings settings) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE).raw('{');
        boolean first = true;
        for (Map.Entry<String, List<String>> setting : values(settings).entrySet()) {
            (first ? out : out.raw(',')).string(setting.getKey()).raw(':');
            if (setting.getKey().equals(TraceRequests.LEVEL)) {
                list(out, setting.getValue());
            } else {
                out.string(setting.getValue().get(0));
            }
            first = false;
        }
        return out.raw('}').toByteArray();
    }

    private static void list(JsonOutput out, List<String> texts) {
        out.raw('[');
        for (int i = 0; i < texts.size(); i++) {
            (i == 0 ? out : out.raw(',')).string(texts.get(i));
        }
        out.raw(']');
    }

    /** Each setting's values by its name, in Triton's order. Those of files are left out where there are none. */
    public static Map<String, List<String>> values(TraceSettings settings) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        values.put(TraceRequests.LEVEL, levels(settings));
        values.put(TraceRequests.RATE, List.of(Long.toString(settings.rate())));
        values.put(TraceRequests.COUNT, List.of(Long.toString(settings.count())));
        if (settings.mode() == TraceMode.TRITON) {
            values.put(TraceRequests.LOG_FREQUENCY, List.of(Long.toString(settings.logFrequency())));
            values.put(TraceRequests.FILE, List.of(settings.file()));
        }
        values.put("trace_mode", List.of(settings.mode().name().toLowerCase(Locale.ROOT)));
        return values;
    }

    private static List<String> levels(TraceSettings settings) {
        return settings.isOn()
                ? settings.sortedLevels().stream().map(TraceLevel::name).toList()
                : OFF;
    }
}
