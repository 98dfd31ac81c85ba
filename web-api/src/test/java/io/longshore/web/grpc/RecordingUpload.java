package io.longshore.web.grpc;

import io.longshore.inference.ModelUpload;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Notes names and texts of its files, and its end. */
record RecordingUpload(List<String> calls) implements ModelUpload {
    @Override
    public OutputStream file(String name) {
        return new ByteArrayOutputStream() {
            @Override
            public void close() {
                calls.add("file " + name + " = " + toString(StandardCharsets.UTF_8));
            }
        };
    }

    @Override
    public void close() {
        calls.add("upload closed");
    }
}
