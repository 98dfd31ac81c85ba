package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.longshore.protocol.json.JsonFaults;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the value behind a field's name, of the one kind it may have. The messages name the field and both kinds as
 * Triton's do.
 */
final class JsonFields {
    private JsonFields() {}

    static String string(JsonParser parser, String field) throws IOException {
        parser.nextToken();
        return currentString(parser, field);
    }

    /** The present value as a string. */
    static String currentString(JsonParser parser, String field) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw V2Errors.cannotParse(field, JsonFaults.wrongKind("non-string", "string"));
        }
        return parser.getText();
    }

    static boolean bool(JsonParser parser, String field) throws IOException {
        parser.nextToken();
        return currentBool(parser, field);
    }

    /** The present value as a boolean. */
    static boolean currentBool(JsonParser parser, String field) throws IOException {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw V2Errors.cannotParse(field, JsonFaults.wrongKind("non-boolean", "boolean"));
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** An unsigned integer of 64 bits. */
    static long unsigned(JsonParser parser, String field) throws IOException {
        parser.nextToken();
        return currentUnsigned(parser, field);
    }

    /** The present value as an unsigned integer of 64 bits. */
    static long currentUnsigned(JsonParser parser, String field) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                long value = parser.getLongValue();
                if (value >= 0) {
                    return value;
                }
            } else {
                BigInteger value = parser.getBigIntegerValue();
                if (value.signum() > 0 && value.bitLength() <= Long.SIZE) {
                    return value.longValue();
                }
            }
        }
        throw V2Errors.cannotParse(field, JsonFaults.wrongKind("non-unsigned-integer", "unsigned-integer"));
    }

    static void startArray(JsonParser parser, String field) throws IOException {
        parser.nextToken();
        checkArray(parser, field);
    }

    /** Checks that the present value is an array. */
    static void checkArray(JsonParser parser, String field) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw V2Errors.cannotParse(field, JsonFaults.wrongKind("non-array", "array"));
        }
    }

    /** Skips a value of any kind. */
    static void skip(JsonParser parser) throws IOException {
        parser.nextToken();
        parser.skipChildren();
    }

    /**
     * The present value as a parameter: a string, boolean, long or double.
     *
     * @return null where it is of another kind
     */
    static @Nullable Object scalar(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? (Object) parser.getDoubleValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> null;
        };
    }

    /** Reads a parameter that no rule knows into {@code values}. */
    static void customParameter(JsonParser parser, String name, Map<String, Object> values) throws IOException {
        parser.nextToken();
        Object value = scalar(parser);
        if (value == null) {
            throw V2Errors.invalid(
                    "parameter '" + name + "' has invalid type. It should be either 'int', 'bool', or 'string'.");
        }
        putParameter(name, value, values);
    }

    static void putParameter(String name, Object value, Map<String, Object> values) {
        if (values.putIfAbsent(name, value) != null) {
            throw V2Errors.repeated(name);
        }
    }

    /** Refuses a field that was there before, since clients disagree on which one counts. */
    static void checkFirst(@Nullable Object before, String field) {
        if (before != null) {
            throw V2Errors.repeated(field);
        }
    }
}
