package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.TraceControl.Change;
import io.longshore.inference.TraceControl.Field;
import io.longshore.trace.TraceLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads changes of trace settings (V2 trace extension): texts in lists, whichever wire they come from; an empty list takes a
 * setting back. Settings that are not known are passed over. Thread-safe.
 */
public final class TraceRequests {
    /** The names of settings. */
    static final String LEVEL = "trace_level";

    static final String RATE = "trace_rate";
    static final String COUNT = "trace_count";
    static final String LOG_FREQUENCY = "log_frequency";
    static final String FILE = "trace_file";

    private static final String OFF = "OFF";
    private static final long MAX_UNSIGNED = 0xFFFF_FFFFL;

    private TraceRequests() {}

    /**
     * A body such as {@code {"trace_level":["TIMESTAMPS"],"trace_rate":"100","trace_count":null}}; nothing at all changes
     * nothing.
     *
     * @throws InferenceException INVALID_ARGUMENT; UNSUPPORTED if it changes the file
     */
    public static Change json(byte[] body) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        JsonBody.read(body, "the body must be an object such as {\"" + RATE + "\":\"100\"}", (name, parser) -> {
            if (fields.putIfAbsent(name, value(parser, name)) != null) {
                throw V2Errors.repeated(name);
            }
        });
        return change(fields);
    }

    private static List<String> value(JsonParser parser, String name) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return List.of();
        }
        return switch (name) {
            case LEVEL -> texts(parser);
            case RATE, COUNT, LOG_FREQUENCY -> List.of(JsonFields.currentString(parser, name));
            default -> List.of();
        };
    }

    private static List<String> texts(JsonParser parser) throws IOException {
        JsonFields.checkArray(parser, LEVEL);
        List<String> texts = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            texts.add(JsonFields.currentString(parser, LEVEL));
        }
        return texts;
    }

    /**
     * Settings by their names.
     *
     * @throws InferenceException INVALID_ARGUMENT; UNSUPPORTED if they change the file
     */
    public static Change change(Map<String, List<String>> settings) {
        if (settings.containsKey(FILE)) {
            throw new InferenceException(
                    ErrorCode.UNSUPPORTED, "trace file location can not be updated through network protocol");
        }
        List<String> levels = settings.get(LEVEL);
        return new Change(
                levels == null ? Field.kept() : levels(levels),
                number(settings, RATE, 0, MAX_UNSIGNED),
                number(settings, COUNT, -1, Integer.MAX_VALUE),
                number(settings, LOG_FREQUENCY, 0, MAX_UNSIGNED));
    }

    private static Field<Set<TraceLevel>> levels(List<String> names) {
        if (names.isEmpty()) {
            return Field.cleared();
        }
        if (names.contains(OFF)) {
            if (names.size() > 1) {
                throw V2Errors.invalid("Expect only one trace level 'OFF' is specified");
            }
            return Field.of(Set.of());
        }
        Set<TraceLevel> levels = EnumSet.noneOf(TraceLevel.class);
        names.forEach(name -> levels.add(level(name)));
        return Field.of(levels);
    }

    private static TraceLevel level(String name) {
        for (TraceLevel level : TraceLevel.values()) {
            if (level.name().equals(name)) {
                return level;
            }
        }
        throw V2Errors.invalid("Unable to parse '" + LEVEL + "', got: " + name + ", which is none of " + OFF + ", "
                + TraceLevel.TIMESTAMPS + " and " + TraceLevel.TENSORS);
    }

    private static Field<Long> number(Map<String, List<String>> settings, String name, long least, long most) {
        List<String> values = settings.get(name);
        if (values == null) {
            return Field.kept();
        }
        if (values.isEmpty()) {
            return Field.cleared();
        }
        if (values.size() > 1) {
            throw V2Errors.invalid("expect only 1 value for '" + name + "'");
        }
        return Field.of(number(name, values.get(0), least, most));
    }

    private static long number(String name, String text, long least, long most) {
        if (!text.matches("[+-]?[0-9]+")) {
            throw V2Errors.invalid("Unable to parse '" + name + "', got: " + text);
        }
        if (text.length() > 18 || Long.parseLong(text) < least || Long.parseLong(text) > most) {
            throw V2Errors.invalid("Unable to parse '" + name + "', value is out of range [ " + least + ", " + most
                    + " ], got: " + text);
        }
        return Long.parseLong(text);
    }
}
