package io.longshore.ejb.config;

import io.longshore.model.ResourceLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the value of {@code --rate-limit-resource}: {@code name:count} or {@code name:count:device}, as tritonserver's. */
final class ResourceLimits {
    private static final Pattern ENTRY =
            Pattern.compile("(?<name>[^:,]+):(?<count>[0-9]{1,10})(:(?<device>[0-9]{1,9}))?");

    private ResourceLimits() {}

    /** @throws IllegalArgumentException naming an entry that is none */
    static List<ResourceLimit> parse(String text) {
        List<ResourceLimit> limits = new ArrayList<>();
        for (String entry : text.split(",", -1)) {
            if (!entry.isBlank()) {
                limits.add(limit(entry.strip()));
            }
        }
        return limits;
    }

    private static ResourceLimit limit(String entry) {
        Matcher parts = ENTRY.matcher(entry);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + entry + "' is no entry");
        }
        String device = parts.group("device");
        return new ResourceLimit(
                parts.group("name").strip(),
                Long.parseLong(parts.group("count")),
                device == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(device)));
    }
}
