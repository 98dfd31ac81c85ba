package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LogChange;
import io.longshore.inference.LogFormat;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads the body that changes the log's settings (V2 logging extension): {@code {"log_info":false,"log_verbose_level":1}}.
 * Fields that are not known are passed over, and so are nulls. Thread-safe.
 */
public final class LogRequests {
    private LogRequests() {}

    /**
     * What is to change; nothing for an empty body.
     *
     * @throws InferenceException UNSUPPORTED if it names another file, else INVALID_ARGUMENT
     */
    public static LogChange change(byte[] body) {
        Reader reader = new Reader();
        JsonBody.read(body, "the body must be an object such as {\"log_verbose_level\":1}", reader::read);
        return reader.change;
    }

    /** Why a client cannot say where the log goes: it could write to any file that the server may. */
    public static InferenceException fileRefused() {
        return new InferenceException(
                ErrorCode.UNSUPPORTED, "log file location can not be updated through network protocol");
    }

    /** Gathers the fields of a body. */
    private static final class Reader {
        private final Set<String> names = new HashSet<>();
        private LogChange change = LogChange.NONE;

        void read(String name, JsonParser parser) throws IOException {
            if (!names.add(name)) {
                throw V2Errors.repeated(name);
            }
            if (parser.currentToken() != JsonToken.VALUE_NULL) {
                change = with(change, name, parser);
            }
        }
    }

    /** The change with one field, whose value is the parser's present token. */
    private static LogChange with(LogChange change, String name, JsonParser parser) throws IOException {
        return switch (name) {
            case "log_file" -> throw fileRefused();
            case "log_info" -> change.withInfo(JsonFields.currentBool(parser, name));
            case "log_warning" -> change.withWarning(JsonFields.currentBool(parser, name));
            case "log_error" -> change.withError(JsonFields.currentBool(parser, name));
            case "log_verbose_level" -> change.withVerboseLevel(JsonFields.currentUnsigned(parser, name));
            case "log_format" -> change.withFormat(format(parser, name));
            default -> change;
        };
    }

    private static LogFormat format(JsonParser parser, String name) throws IOException {
        String word = JsonFields.currentString(parser, name);
        return LogFormat.ofWord(word)
                .orElseThrow(() -> V2Errors.invalid("invalid argument for --log_format, got: " + word));
    }
}
