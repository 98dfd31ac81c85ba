package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.longshore.inference.InferenceException;
import java.io.IOException;

/** Reads bodies that are one object of JSON, or nothing. Every fault is INVALID_ARGUMENT. */
final class JsonBody {
    /** Remembers no names: they are whatever clients send. */
    private static final JsonFactory PLAIN = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private JsonBody() {}

    /** Takes the value of a member, which is the parser's present token; what it does not read is passed over. */
    @FunctionalInterface
    interface Member {
        void read(String name, JsonParser parser) throws IOException;
    }

    /** Opens a body. */
    @FunctionalInterface
    interface Source {
        JsonParser open() throws IOException;
    }

    /**
     * Reads a body that is at hand.
     *
     * @param refusal what to say where it is no object
     * @throws InferenceException INVALID_ARGUMENT, or what {@code member} throws
     */
    static void read(byte[] body, String refusal, Member member) {
        read(() -> PLAIN.createParser(body), refusal, member);
    }

    /** The same for a body from anywhere. */
    static void read(Source body, String refusal, Member member) {
        try (JsonParser parser = body.open()) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                readMembers(parser, member);
            } else if (first != null) {
                throw V2Errors.invalid(refusal);
            }
        } catch (JacksonException e) {
            throw V2Errors.invalid("failed to parse the request JSON buffer: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw V2Errors.invalid("failed to read the request body: " + e.getMessage());
        }
    }

    /** Reads the members of the object that the parser is at the start of. */
    static void readMembers(JsonParser parser, Member member) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            member.read(name, parser);
            parser.skipChildren();
        }
    }
}
