package io.longshore.ejb.config;

/**
 * The value of {@code --cache-config}: entries {@code cache,setting=value}. Names are tritonserver's; of its caches there is the
 * one inside the server.
 *
 * @param byteSize bytes of all responses that are kept; 0 = none are
 */
public record CacheConfig(long byteSize) {
    /** No responses are kept. */
    public static final CacheConfig NONE = new CacheConfig(0);

    static final String EXPECTED = "'local,size=' and a number of bytes from 0 to " + Long.MAX_VALUE;

    private static final String SIZE = "local,size";

    /** @throws IllegalArgumentException for an entry that is none, with what is wrong with it */
    static CacheConfig parse(String text) {
        CacheConfig config = null;
        for (String entry : text.split(";", -1)) {
            if (entry.isBlank()) {
                continue;
            }
            if (config != null) {
                throw new IllegalArgumentException(
                        "the size is given twice; give --cache-config=local,size=, or its old"
                                + " spelling --response-cache-byte-size, once");
            }
            config = entry(entry.strip());
        }
        return config == null ? NONE : config;
    }

    private static CacheConfig entry(String entry) {
        int equals = entry.indexOf('=');
        String name = entry.substring(0, Math.max(0, equals)).strip();
        String cache = name.substring(0, Math.max(0, name.indexOf(','))).strip();
        if (!cache.isEmpty() && !cache.equals("local")) {
            throw new IllegalArgumentException(
                    "cache '" + cache + "' is not supported by this server, which has 'local', in its own memory");
        }
        if (!name.equals(SIZE)) {
            throw new IllegalArgumentException("entry '" + entry + "' is none");
        }
        return new CacheConfig(bytes(entry, entry.substring(equals + 1).strip()));
    }

    private static long bytes(String entry, String value) {
        try {
            long byteSize = Long.parseLong(value);
            if (byteSize >= 0) {
                return byteSize;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("entry '" + entry + "' is none", e);
        }
        throw new IllegalArgumentException("entry '" + entry + "' is none");
    }
}
