package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamReadException;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import java.io.IOException;

/** Reads the bodies of the V2 model repository extension. Thread-safe. */
public final class RepositoryRequests {
    private static final JsonFactory JSON = new JsonFactory();

    private RepositoryRequests() {}

    /**
     * Whether only models that are ready are asked for: {@code {"ready":true}}. The body may be empty; other fields are
     * passed over.
     *
     * @throws InferenceException INVALID_ARGUMENT if the body is not such an object
     */
    public static boolean readyOnly(byte[] body) {
        try (JsonParser parser = JSON.createParser(body)) {
            return readyOnly(parser);
        } catch (StreamReadException e) {
            throw invalid("failed to parse the request JSON buffer: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw invalid("failed to read the request body: " + e.getMessage());
        }
    }

    private static boolean readyOnly(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return false;
        }
        if (first != JsonToken.START_OBJECT) {
            throw invalid("the body must be empty or an object such as {\"ready\":true}");
        }
        boolean ready = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean named = parser.currentName().equals("ready");
            JsonToken value = parser.nextToken();
            if (named && !value.isBoolean()) {
                throw invalid("Invalid value for 'ready': expected a boolean");
            }
            ready = named ? value == JsonToken.VALUE_TRUE : ready;
            parser.skipChildren();
        }
        return ready;
    }

    private static InferenceException invalid(String message) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
