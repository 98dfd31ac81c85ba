package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamReadException;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LogChange;
import io.longshore.inference.LogFormat;
import io.longshore.protocol.json.JsonFaults;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads the body that changes the log's settings (V2 logging extension): {@code {"log_info":false,"log_verbose_level":1}}.
 * Fields that are not known are passed over, and so are nulls. Thread-safe.
 */
public final class LogRequests {
    private static final JsonFactory JSON = new JsonFactory();

    private LogRequests() {}

    /**
     * What is to change; nothing for an empty body.
     *
     * @throws InferenceException UNSUPPORTED if it names another file, else INVALID_ARGUMENT
     */
    public static LogChange change(byte[] body) {
        try (JsonParser parser = JSON.createParser(body)) {
            return read(parser);
        } catch (StreamReadException e) {
            throw V2Errors.invalid("failed to parse the request JSON buffer: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw V2Errors.invalid("failed to read the request body: " + e.getMessage());
        }
    }

    /** Why a client cannot say where the log goes: it could write to any file that the server may. */
    public static InferenceException fileRefused() {
        return new InferenceException(
                ErrorCode.UNSUPPORTED, "log file location can not be updated through network protocol");
    }

    private static LogChange read(JsonParser parser) throws IOException {
        LogChange change = LogChange.NONE;
        JsonToken first = parser.nextToken();
        if (first == null) {
            return change;
        }
        if (first != JsonToken.START_OBJECT) {
            throw V2Errors.invalid("the body must be an object such as {\"log_verbose_level\":1}");
        }
        Set<String> names = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (!names.add(name)) {
                throw V2Errors.repeated(name);
            }
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                change = with(change, name, parser);
            }
        }
        return change;
    }

    /** The change with one field, whose value is the parser's present token. */
    private static LogChange with(LogChange change, String name, JsonParser parser) throws IOException {
        return switch (name) {
            case "log_file" -> throw fileRefused();
            case "log_info" -> change.withInfo(bool(parser, name));
            case "log_warning" -> change.withWarning(bool(parser, name));
            case "log_error" -> change.withError(bool(parser, name));
            case "log_verbose_level" -> change.withVerboseLevel(JsonFields.currentUnsigned(parser, name));
            case "log_format" -> change.withFormat(format(parser, name));
            default -> {
                parser.skipChildren();
                yield change;
            }
        };
    }

    private static boolean bool(JsonParser parser, String name) throws IOException {
        if (!parser.currentToken().isBoolean()) {
            throw V2Errors.cannotParse(name, JsonFaults.wrongKind("non-boolean", "boolean"));
        }
        return parser.getBooleanValue();
    }

    private static LogFormat format(JsonParser parser, String name) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw V2Errors.cannotParse(name, JsonFaults.wrongKind("non-string", "string"));
        }
        String word = parser.getText();
        return LogFormat.ofWord(word)
                .orElseThrow(() -> V2Errors.invalid("invalid argument for --log_format, got: " + word));
    }
}
