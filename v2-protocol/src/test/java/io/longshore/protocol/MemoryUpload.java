package io.longshore.protocol;

import io.longshore.inference.ModelUpload;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** An upload that keeps its files in memory. */
public final class MemoryUpload implements ModelUpload {
    private final Map<String, ByteArrayOutputStream> files = new LinkedHashMap<>();
    private boolean closed;

    @Override
    public OutputStream file(String name) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        files.put(name, file);
        return file;
    }

    /** The files' contents as texts. */
    public Map<String, String> texts() {
        return files.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, file -> file.getValue().toString(StandardCharsets.UTF_8)));
    }

    /** The content of one file. */
    public byte[] content(String name) {
        return Objects.requireNonNull(files.get(name)).toByteArray();
    }

    /** Whether it was thrown away. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
