package io.longshore.cli;

import static io.longshore.cli.ServeOption.works;
import static io.longshore.cli.ValueKind.COUNT;
import static io.longshore.cli.ValueKind.TEXT;
import static io.longshore.cli.ValueKind.traceSetting;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The options of tracing, of which tritonserver has an old and a new spelling, and what MicroProfile Telemetry is told of
 * them: its settings are OpenTelemetry's (the SDK's environment variables, as properties).
 */
final class TraceOptions {
    static final String KEY = "longshore.trace.config";

    private static final ValueKind LEVEL = ValueKind.oneOf("OFF", "TIMESTAMPS", "TENSORS");
    private static final ValueKind LIMIT = new ValueKind(
            "<integer>",
            "a whole number from -1",
            text -> text.strip().equals("-1") ? "-1" : COUNT.normal().of(text));
    private static final String TELEMETRY = "opentelemetry,";
    private static final String DEFAULT_URL = "http://localhost:4318/v1/traces";

    private TraceOptions() {}

    /** The options; where both spellings are given the new one counts, which therefore comes last. */
    static OptionGroup group() {
        return OptionGroup.of(
                "Trace",
                old("trace-file", traceSetting("triton,file", TEXT), "none", "triton,file="),
                old("trace-level", traceSetting("level", LEVEL), "OFF", "level="),
                old("trace-rate", traceSetting("rate", COUNT), "1000", "rate="),
                old("trace-count", traceSetting("count", LIMIT), "-1", "count="),
                old("trace-log-frequency", traceSetting("triton,log-frequency", COUNT), "0", "triton,log-frequency="),
                works(
                                "trace-config",
                                ValueKind.TRACE_SETTING,
                                "level=OFF",
                                KEY,
                                "Which requests are traced and where to; repeatable.")
                        .repeatable(";"));
    }

    private static ServeOption old(String name, ValueKind kind, String defaultText, String now) {
        return works(name, kind, defaultText, KEY, "Old spelling of --trace-config=" + now + ".")
                .repeatable(";");
    }

    /**
     * OpenTelemetry's settings, where traces go there.
     *
     * @param environment what it names wins over defaults, but not over options
     */
    static Map<String, String> telemetry(Settings settings, Map<String, String> environment) {
        List<String> entries = List.of(settings.value(KEY).orElse("").split(";"));
        Map<String, String> properties = new TreeMap<>();
        if (entries.stream().noneMatch(given -> given.strip().equalsIgnoreCase("mode=opentelemetry"))) {
            return properties;
        }
        properties.put("otel.sdk.disabled", "false");
        properties.put("otel.exporter.otlp.traces.endpoint", DEFAULT_URL);
        properties.put("otel.exporter.otlp.traces.protocol", "http/protobuf");
        properties.put("otel.service.name", "longshore");
        // Traces were asked for, and nothing else.
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        properties.keySet().removeIf(key -> isIn(environment, key));
        if (environment.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "").contains("service.name=")) {
            properties.remove("otel.service.name");
        }
        entries.forEach(entry -> tell(entry.strip(), properties));
        return properties;
    }

    private static boolean isIn(Map<String, String> environment, String key) {
        String name = key.toUpperCase(Locale.ROOT).replace('.', '_');
        return environment.containsKey(name) || environment.containsKey(name.replace("_TRACES_", "_"));
    }

    /** Names are those of tritonserver's help. */
    private static void tell(String entry, Map<String, String> properties) {
        int equals = entry.indexOf('=');
        if (!entry.toLowerCase(Locale.ROOT).startsWith(TELEMETRY) || equals < 0) {
            return;
        }
        String name = entry.substring(TELEMETRY.length(), equals).strip();
        String value = entry.substring(equals + 1).strip();
        switch (name) {
            case "url" -> {
                properties.put("otel.exporter.otlp.traces.endpoint", value);
                properties.put("otel.exporter.otlp.traces.protocol", "http/protobuf");
            }
            case "resource" -> resource(value, properties);
            default -> properties.put("otel." + name.replace('_', '.'), value);
        }
    }

    private static void resource(String attribute, Map<String, String> properties) {
        if (attribute.startsWith("service.name=")) {
            properties.put("otel.service.name", attribute.substring("service.name=".length()));
        } else {
            properties.merge("otel.resource.attributes", attribute, (before, next) -> before + "," + next);
        }
    }
}
