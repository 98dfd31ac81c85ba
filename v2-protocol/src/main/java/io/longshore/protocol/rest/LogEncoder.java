package io.longshore.protocol.rest;

import io.longshore.inference.LogSettings;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;

/** Writes the log's settings (V2 logging extension), UTF-8. */
public final class LogEncoder {
    private LogEncoder() {}

    /** {@code {"log_file":"","log_info":true,…}}, in Triton's order. */
    public static byte[] settings(LogSettings settings) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE).raw('{');
        name(out, "log_file").string(settings.file()).raw(',');
        name(out, "log_info").bool(settings.info()).raw(',');
        name(out, "log_warning").bool(settings.warning()).raw(',');
        name(out, "log_error").bool(settings.error()).raw(',');
        name(out, "log_verbose_level").integer(settings.verboseLevel()).raw(',');
        name(out, "log_format").string(settings.format().word());
        return out.raw('}').toByteArray();
    }

    private static JsonOutput name(JsonOutput out, String name) {
        return out.string(name).raw(':');
    }
}
