package io.longshore.region;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.SharedRegion;
import io.longshore.spi.SharedBlock;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** What may be wrong with a region, in Triton's words where it has any; and with giving one back. */
final class RegionErrors {
    private static final Logger LOG = System.getLogger(RegionErrors.class.getName());

    /** What a message quotes of a name or key at most. */
    private static final int MAX_QUOTED = 256;

    private RegionErrors() {}

    static InferenceException disabled() {
        return new InferenceException(
                ErrorCode.UNSUPPORTED,
                "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.");
    }

    static InferenceException exists(String region) {
        return new InferenceException(
                ErrorCode.ALREADY_EXISTS, "shared memory region '" + region + "' already in manager");
    }

    static InferenceException tooMany(int limit) {
        return new InferenceException(
                ErrorCode.UNAVAILABLE,
                "the server has " + limit + " shared memory regions, as many as it takes; unregister some");
    }

    static InferenceException noName(String kind) {
        return invalid("'region name' is necessary to register " + kind + " shared memory region");
    }

    static InferenceException nameTooLong(int length, int limit) {
        return invalid(
                "the name of a shared memory region has at most " + limit + " characters, this one has " + length);
    }

    static InferenceException invalidKey(String region, String key) {
        return invalid("cannot register shared memory region '" + region + "' - invalid shm key '" + quoted(key)
                + "': a key is a slash and the name of a shared memory object, without another slash");
    }

    static InferenceException reservedKey(String region, String key, String prefix) {
        return invalid("cannot register shared memory region '" + region + "' with key '" + quoted(key)
                + "' as the key contains the reserved prefix '" + prefix + "'");
    }

    static InferenceException cannotRegister(String region, String why) {
        return invalid("failed to register shared memory region '" + region + "': " + why);
    }

    static InferenceException badHandle(String region, IOException cause) {
        return new InferenceException(
                ErrorCode.INVALID_ARGUMENT,
                "failed to register shared memory region '" + region + "': invalid args",
                cause);
    }

    static InferenceException cannotOpen(String key, IOException cause) {
        return new InferenceException(
                ErrorCode.REGION_UNUSABLE, "Unable to open shared memory region: '" + quoted(key) + "'", cause);
    }

    static InferenceException notFound(String region) {
        return notFound("Unable to find shared memory region: ", region);
    }

    static InferenceException notFound(Class<? extends SharedRegion> kind, String region) {
        return notFound("Unable to find " + (isCuda(kind) ? "cuda" : "system") + " shared memory region: ", region);
    }

    private static InferenceException notFound(String text, String region) {
        return new InferenceException(ErrorCode.REGION_NOT_FOUND, text + "'" + quoted(region) + "'");
    }

    static InferenceException otherKind(Class<? extends SharedRegion> kind, String region) {
        String is = isCuda(kind) ? "system shared memory, not CUDA" : "CUDA shared memory, not system";
        return new InferenceException(
                ErrorCode.REGION_NOT_FOUND,
                "The region named '" + region + "' is registered as " + is + " shared memory");
    }

    static InferenceException invalidOffset(String region) {
        return invalid("Invalid offset for shared memory region: '" + region + "'");
    }

    static InferenceException overflow(String region, long offset, long byteSize) {
        return invalid("Integer overflow detected: byte_size (" + Long.toUnsignedString(byteSize) + ") + offset ("
                + Long.toUnsignedString(offset) + ") exceeds maximum value (" + Long.toUnsignedString(-1)
                + ") for region '" + region + "'");
    }

    static InferenceException invalidEnd(String region) {
        return invalid("Invalid offset + byte size for shared memory region: '" + region + "'");
    }

    static InferenceException shrunk(String region, IOException cause) {
        return new InferenceException(
                ErrorCode.INVALID_ARGUMENT,
                "shared memory region '" + region
                        + "' is smaller than it was registered; make its object as large again, or register a smaller one",
                cause);
    }

    static InferenceException unusable(String region, String use, IOException cause) {
        return new InferenceException(
                ErrorCode.REGION_UNUSABLE,
                "shared memory region '" + region + "' cannot be " + use + " (" + cause.getMessage()
                        + "); unregister it, and register it again",
                cause);
    }

    /** Closes a block; what goes wrong then is for the log. */
    static void close(SharedBlock block, String region) {
        try {
            block.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "shared memory region '" + quoted(region) + "' was not closed", e);
        }
    }

    private static boolean isCuda(Class<? extends SharedRegion> kind) {
        return kind == SharedRegion.Cuda.class;
    }

    private static String quoted(String text) {
        return text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "…" : text;
    }

    private static InferenceException invalid(String message) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
