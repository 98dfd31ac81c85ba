package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelUpload;
import io.longshore.protocol.json.JsonFaults;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of the V2 model repository extension. Each may be empty. Thread-safe. */
public final class RepositoryRequests {
    /** Remembers no names: they are whatever clients send. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LoadParameters.MAX_CONFIG_BYTES)
                    .maxNameLength(LoadParameters.MAX_NAME_BYTES)
                    .build())
            .build();

    private RepositoryRequests() {}

    /**
     * Whether only models that are ready are asked for: {@code {"ready":true}}. Other fields are passed over.
     *
     * @throws InferenceException INVALID_ARGUMENT if the body is not such an object
     */
    public static boolean readyOnly(InputStream body) {
        boolean[] ready = {false};
        read(body, "{\"ready\":true}", (name, parser) -> {
            if (name.equals("ready")) {
                if (!parser.currentToken().isBoolean()) {
                    throw V2Errors.invalid("Invalid value for 'ready': expected a boolean");
                }
                ready[0] = parser.getBooleanValue();
            }
        });
        return ready[0];
    }

    /**
     * Whether an unload is to take dependents with it: {@code {"parameters":{"unload_dependents":true}}}. Other fields and
     * parameters are passed over.
     *
     * @throws InferenceException INVALID_ARGUMENT if the body is not such an object
     */
    public static boolean withDependents(InputStream body) {
        boolean[] with = {false};
        readParameters(body, (name, parser) -> {
            if (name.equals("unload_dependents")) {
                if (!parser.currentToken().isBoolean()) {
                    throw wrongKind(name, "boolean");
                }
                with[0] = parser.getBooleanValue();
            }
        });
        return with[0];
    }

    /**
     * What a load overrides: {@code {"parameters":{"config":"<JSON>","file:1/model.onnx":"<base64>"}}}. Files are decoded as
     * they come and never held in memory.
     *
     * @param uploads begins an upload, at the first file
     * @return the caller's to hand on or to close
     * @throws InferenceException INVALID_ARGUMENT if the body is not such an object, or what the upload throws; whatever was
     *     uploaded is thrown away then
     */
    public static LoadOverride override(InputStream body, Supplier<ModelUpload> uploads) {
        LoadParameters parameters = new LoadParameters(uploads);
        try {
            readParameters(body, (name, parser) -> parameter(name, parser, parameters));
            return parameters.override();
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    private static void parameter(String name, JsonParser parser, LoadParameters parameters) throws IOException {
        if (!LoadParameters.isKnown(name)) {
            throw LoadParameters.unknown(name);
        }
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw wrongKind(name, "string");
        }
        if (!LoadParameters.isFile(name)) {
            parameters.config(parser.getText());
            return;
        }
        try (OutputStream file = parameters.file(name)) {
            parser.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, file);
        } catch (JacksonException e) {
            throw noBase64(name, e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            // So Jackson tells of a character in a text that it decodes piece by piece.
            throw noBase64(name, e.getMessage());
        }
    }

    private static InferenceException noBase64(String name, @Nullable String why) {
        return V2Errors.cannotParse(name, why + "; expected the file's content in base64");
    }

    private static void readParameters(InputStream body, JsonBody.Member member) {
        read(body, "{\"parameters\":{}}", (name, parser) -> {
            if (name.equals("parameters")) {
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    throw wrongKind(name, "object");
                }
                JsonBody.readMembers(parser, member);
            }
        });
    }

    private static void read(InputStream body, String example, JsonBody.Member member) {
        JsonBody.read(() -> JSON.createParser(body), "the body must be empty or an object such as " + example, member);
    }

    private static InferenceException wrongKind(String name, String expected) {
        return V2Errors.cannotParse(name, JsonFaults.wrongKind("non-" + expected, expected));
    }
}
