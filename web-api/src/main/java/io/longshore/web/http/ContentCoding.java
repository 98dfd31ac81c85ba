package io.longshore.web.http;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A content coding of HTTP (RFC 9110, 8.4.1) that bodies may come in and go out with. */
public enum ContentCoding {
    IDENTITY("identity"),
    GZIP("gzip"),
    /** The zlib format of RFC 1950, as RFC 9110 wants it; not a bare deflate stream. */
    DEFLATE("deflate");

    /** The codings a request may use, for the {@code Accept-Encoding} of a refusal. */
    public static final String ACCEPTED = "gzip, deflate";

    private final String token;

    ContentCoding(String token) {
        this.token = token;
    }

    /** The name in headers. */
    public String token() {
        return token;
    }

    /** The coding that a {@code Content-Encoding} header names; identity without one, empty if it is not supported. */
    public static Optional<ContentCoding> ofContentEncoding(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return Optional.of(IDENTITY);
        }
        return ofToken(header.trim().toLowerCase(Locale.ROOT));
    }

    /**
     * The coding for an answer to a client with this {@code Accept-Encoding} header. A body is compressed if the client
     * names gzip or deflate with a greater weight than identity; identity counts for nothing unless it is named. Between
     * equal weights gzip wins. What cannot be understood is skipped, and so is {@code *}, which asks for nothing.
     */
    public static ContentCoding ofAcceptEncoding(@Nullable String header) {
        if (header == null || header.isEmpty()) {
            return IDENTITY;
        }
        Map<ContentCoding, Double> weights = new EnumMap<>(ContentCoding.class);
        for (String element : header.split(",", -1)) {
            String[] parts = element.split(";", -1);
            ofToken(parts[0].trim().toLowerCase(Locale.ROOT)).ifPresent(coding -> weights.put(coding, weight(parts)));
        }
        ContentCoding best = IDENTITY;
        for (ContentCoding coding : values()) {
            if (weights.getOrDefault(coding, 0.0) > weights.getOrDefault(best, 0.0)) {
                best = coding;
            }
        }
        return best;
    }

    private static Optional<ContentCoding> ofToken(String token) {
        return switch (token) {
            case "identity" -> Optional.of(IDENTITY);
            case "gzip", "x-gzip" -> Optional.of(GZIP);
            case "deflate" -> Optional.of(DEFLATE);
            default -> Optional.empty();
        };
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].trim();
            if (parameter.startsWith("q=") || parameter.startsWith("Q=")) {
                return weight(parameter.substring(2).trim());
            }
        }
        return 1;
    }

    /** A weight of RFC 9110, 12.4.2: 0 to 1 with at most three decimals; anything else counts as 0. */
    private static double weight(String text) {
        return text.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(text) : 0;
    }
}
