package io.longshore.web.grpc;

import io.longshore.inference.LogChange;
import io.longshore.inference.LogControl;
import io.longshore.inference.LogSettings;

/** Settings without a log. */
final class RecordingLog implements LogControl {
    private LogSettings settings = LogSettings.DEFAULT;

    @Override
    public synchronized LogSettings settings() {
        return settings;
    }

    @Override
    public synchronized LogSettings change(LogChange change) {
        settings = settings.with(change);
        return settings;
    }
}
