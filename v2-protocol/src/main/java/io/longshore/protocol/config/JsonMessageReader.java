package io.longshore.protocol.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON object into a message of the configuration's schema and goes on after every problem, which it names with the
 * path of its field. The rules are those of protobuf's JSON. Not thread-safe.
 */
final class JsonMessageReader {
    private final JsonParser parser;
    private final ConfigFindings findings;
    private final JsonScalars scalars;

    /** @param parser at the start of an object */
    JsonMessageReader(JsonParser parser, ConfigFindings findings) {
        this.parser = parser;
        this.findings = findings;
        this.scalars = new JsonScalars(parser, findings);
    }

    /**
     * Reads the object.
     *
     * @return the names of the fields that it states, as the schema has them
     */
    Set<String> read(Message.Builder message) throws IOException {
        return object("", message);
    }

    private Set<String> object(String path, Message.Builder message) throws IOException {
        Set<String> stated = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            FieldDescriptor field = field(message.getDescriptorForType(), name);
            parser.nextToken();
            if (field == null) {
                findings.problem(0, path + unknownField(message.getDescriptorForType(), name));
                parser.skipChildren();
            } else if (!stated.add(field.getName())) {
                findings.problem(0, path + name + ": is given twice; give it once");
                parser.skipChildren();
            } else if (parser.currentToken() != JsonToken.VALUE_NULL && isOnlyChoice(path, field, message)) {
                value(path + field.getName(), field, message);
            } else {
                parser.skipChildren();
            }
        }
        return stated;
    }

    /** Protobuf's JSON knows a field by its name and by that in camel case. */
    private static @Nullable FieldDescriptor field(Descriptor type, String name) {
        FieldDescriptor field = type.findFieldByName(name);
        if (field != null) {
            return field;
        }
        return type.getFields().stream()
                .filter(each -> each.getJsonName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static String unknownField(Descriptor type, String name) {
        List<String> known =
                type.getFields().stream().map(FieldDescriptor::getName).toList();
        String shown = JsonScalars.shown(name);
        return type.getName() + " has no field '" + shown + "'"
                + Spelling.nearest(shown, known)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("; it has " + String.join(", ", known));
    }

    private boolean isOnlyChoice(String path, FieldDescriptor field, Message.Builder message) {
        OneofDescriptor choice = field.getContainingOneof();
        if (choice == null || !message.hasOneof(choice)) {
            return true;
        }
        String other = String.valueOf(message.getOneofFieldDescriptor(choice).getName());
        findings.problem(0, path + field.getName() + ": only one of it and '" + other + "' can be given");
        return false;
    }

    private void value(String path, FieldDescriptor field, Message.Builder message) throws IOException {
        if (field.isMapField()) {
            map(path, field, message);
        } else if (field.isRepeated()) {
            list(path, field, message);
        } else {
            Object value = single(path, field, message);
            if (value != null) {
                message.setField(field, value);
            }
        }
    }

    private void list(String path, FieldDescriptor field, Message.Builder message) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            wrongKind(path, "an array");
            return;
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            Object element = single(path + "[" + i + "]", field, message);
            if (element != null) {
                message.addRepeatedField(field, element);
            }
        }
    }

    private void map(String path, FieldDescriptor field, Message.Builder message) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            wrongKind(path, "an object");
            return;
        }
        Set<Object> keys = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            MapEntry.Builder<?, ?> entry = (MapEntry.Builder<?, ?>) message.newBuilderForField(field);
            FieldDescriptor keyField = entry.getDescriptorForType().findFieldByName("key");
            FieldDescriptor valueField = entry.getDescriptorForType().findFieldByName("value");
            String at = path + "['" + JsonScalars.shown(parser.currentName()) + "']";
            Object key = scalars.key(at, keyField, parser.currentName());
            parser.nextToken();
            Object value = single(at, valueField, entry);
            if (key != null && value != null && !keys.add(key)) {
                findings.problem(0, at + ": is given twice; give it once");
            } else if (key != null && value != null) {
                message.addRepeatedField(
                        field,
                        entry.setField(keyField, key)
                                .setField(valueField, value)
                                .build());
            }
        }
    }

    /** The present value, not as a list; null where there is none, which the findings then tell. */
    private @Nullable Object single(String path, FieldDescriptor field, Message.Builder message) throws IOException {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return scalars.read(path, field);
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            wrongKind(path, "an object");
            return null;
        }
        Message.Builder part = message.newBuilderForField(field);
        object(path + ".", part);
        return part.build();
    }

    private void wrongKind(String path, String expected) throws IOException {
        scalars.wrongKind(path, expected);
    }
}
