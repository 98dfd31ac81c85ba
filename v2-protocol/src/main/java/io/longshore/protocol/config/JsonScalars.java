package io.longshore.protocol.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the single values of a configuration in JSON: numbers, also as strings, texts, switches and names of enums. What is
 * none of them goes to the findings, and the value is null. Not thread-safe.
 */
final class JsonScalars {
    private static final int SHOWN_CHARACTERS = 60;

    /** No integer of 64 bits has more digits and signs. */
    private static final int MAX_DIGITS = 32;

    private final JsonParser parser;
    private final ConfigFindings findings;

    JsonScalars(JsonParser parser, ConfigFindings findings) {
        this.parser = parser;
        this.findings = findings;
    }

    /** The present value for a field. */
    @Nullable
    Object read(String path, FieldDescriptor field) throws IOException {
        return switch (field.getJavaType()) {
            case STRING ->
                parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : wrongKind(path, "a string");
            case BOOLEAN -> parser.currentToken().isBoolean() ? parser.getBooleanValue() : wrongKind(path, "a boolean");
            case INT, LONG -> isNumberOrText() ? integer(path, field, parser.getText()) : wrongKind(path, "an integer");
            case FLOAT, DOUBLE -> isNumberOrText() ? decimal(path, field) : wrongKind(path, "a number");
            case ENUM -> enumValue(path, field.getEnumType());
            case BYTE_STRING, MESSAGE ->
                throw new IllegalArgumentException("no scalar of a configuration: " + field.getFullName());
        };
    }

    /** The key of a map. */
    @Nullable
    Object key(String path, FieldDescriptor field, String text) {
        return field.getJavaType() == FieldDescriptor.JavaType.STRING ? text : integer(path, field, text);
    }

    /** A text that came from outside, at most so long that a message can show it. */
    static String shown(String text) {
        return text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) + "…" : text;
    }

    /** Reports that the present value, which is passed over, is of another kind. */
    @Nullable
    Object wrongKind(String path, String expected) throws IOException {
        String found = switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_NULL -> "null";
            default -> "'" + shown(parser.getText()) + "'";
        };
        findings.problem(0, path + ": is " + found + "; expected " + expected);
        parser.skipChildren();
        return null;
    }

    private boolean isNumberOrText() {
        return parser.currentToken().isNumeric() || parser.currentToken() == JsonToken.VALUE_STRING;
    }

    private @Nullable Object integer(String path, FieldDescriptor field, String text) {
        boolean isUnsigned =
                field.getType() == FieldDescriptor.Type.UINT32 || field.getType() == FieldDescriptor.Type.UINT64;
        int bits = field.getJavaType() == FieldDescriptor.JavaType.INT ? Integer.SIZE : Long.SIZE;
        BigInteger least = isUnsigned
                ? BigInteger.ZERO
                : BigInteger.ONE.shiftLeft(bits - 1).negate();
        BigInteger most = BigInteger.ONE.shiftLeft(isUnsigned ? bits : bits - 1).subtract(BigInteger.ONE);
        BigInteger value = whole(text);
        if (value == null || value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            findings.problem(0, path + ": is '" + shown(text) + "'; expected an integer from " + least + " to " + most);
            return null;
        }
        return bits == Integer.SIZE ? (Object) value.intValue() : (Object) value.longValue();
    }

    /** The value of a text such as 8, 8.0 or 8e0; null where it is no integer that could fit. */
    private static @Nullable BigInteger whole(String text) {
        if (text.length() > MAX_DIGITS) {
            return null;
        }
        try {
            BigDecimal value = new BigDecimal(text);
            // Expanding a large exponent would take the memory of all its zeros.
            return Math.abs((long) value.scale()) <= MAX_DIGITS ? value.toBigIntegerExact() : null;
        } catch (ArithmeticException | NumberFormatException noInteger) {
            return null;
        }
    }

    private @Nullable Object decimal(String path, FieldDescriptor field) throws IOException {
        String text = parser.getText();
        try {
            double value = Double.parseDouble(text);
            return field.getJavaType() == FieldDescriptor.JavaType.FLOAT ? (Object) (float) value : (Object) value;
        } catch (NumberFormatException noNumber) {
            findings.problem(0, path + ": is '" + shown(text) + "'; expected a number");
            return null;
        }
    }

    private @Nullable Object enumValue(String path, EnumDescriptor type) throws IOException {
        if (!isNumberOrText()) {
            return wrongKind(path, "the name of a " + type.getName());
        }
        String text = parser.getText();
        for (EnumValueDescriptor value : type.getValues()) {
            boolean isNumber = parser.currentToken().isNumeric() && text.equals(Integer.toString(value.getNumber()));
            if (isNumber || value.getName().equalsIgnoreCase(text)) {
                return value;
            }
        }
        String known =
                type.getValues().stream().map(EnumValueDescriptor::getName).collect(Collectors.joining(", "));
        findings.problem(
                0, path + ": '" + shown(text) + "' is no value of " + type.getName() + ": use one of " + known);
        return type.findValueByNumberCreatingIfUnknown(ConfigText.BROKEN_ENUM);
    }
}
