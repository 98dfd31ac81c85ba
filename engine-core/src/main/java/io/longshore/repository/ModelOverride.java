package io.longshore.repository;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a client has loaded in place of a part of a model's folder, or of all of it.
 *
 * @param config the configuration in place of the model's own, as protobuf's JSON
 * @param upload the files in place of the folder, or null where they are the repository's
 */
public record ModelOverride(String config, @Nullable UploadFolder upload) {
    /** Changes with the configuration. */
    long fingerprint() {
        CRC32C sum = new CRC32C();
        sum.update(config.getBytes(StandardCharsets.UTF_8));
        return sum.getValue() << 32 ^ config.hashCode();
    }
}
