package io.longshore.protocol.config;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import io.longshore.model.ModelConfig;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import java.util.List;

/**
 * Writes a model's configuration as the V2 model configuration extension shows it: protobuf's JSON with the names of the
 * schema, every field that is a number, text, switch or list also where it has its default, and numbers of 64 bits as JSON
 * numbers, which protobuf's own printer makes strings. Thread-safe.
 */
public final class ConfigJson {
    private ConfigJson() {}

    /** The configuration in effect, UTF-8. */
    public static byte[] of(ModelConfig config) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        write(ModelConfigWriter.message(config), out);
        return out.toByteArray();
    }

    private static void write(Message message, JsonOutput out) {
        out.raw('{');
        boolean first = true;
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (isShown(field, message)) {
                if (!first) {
                    out.raw(',');
                }
                first = false;
                out.string(field.getName()).raw(':');
                writeField(field, message.getField(field), out);
            }
        }
        out.raw('}');
    }

    /** What can be absent, a message or the choice of one, is shown where it is there. */
    private static boolean isShown(FieldDescriptor field, Message message) {
        return !field.hasPresence() || message.hasField(field);
    }

    private static void writeField(FieldDescriptor field, Object value, JsonOutput out) {
        if (field.isMapField()) {
            writeMap((List<?>) value, out);
        } else if (field.isRepeated()) {
            writeList(field, (List<?>) value, out);
        } else {
            writeValue(field, value, out);
        }
    }

    private static void writeMap(List<?> entries, JsonOutput out) {
        out.raw('{');
        for (int i = 0; i < entries.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            MapEntry<?, ?> entry = (MapEntry<?, ?>) entries.get(i);
            out.string(key(entry)).raw(':');
            writeValue(entry.getDescriptorForType().findFieldByName("value"), entry.getValue(), out);
        }
        out.raw('}');
    }

    private static String key(MapEntry<?, ?> entry) {
        boolean unsigned = entry.getDescriptorForType().findFieldByName("key").getType() == FieldDescriptor.Type.UINT64;
        return unsigned ? Long.toUnsignedString((Long) entry.getKey()) : String.valueOf(entry.getKey());
    }

    private static void writeList(FieldDescriptor field, List<?> values, JsonOutput out) {
        out.raw('[');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            writeValue(field, values.get(i), out);
        }
        out.raw(']');
    }

    private static void writeInteger(FieldDescriptor field, long value, JsonOutput out) {
        switch (field.getType()) {
            case UINT32 -> out.integer(Integer.toUnsignedLong((int) value));
            case UINT64 -> out.raw(JsonOutput.ascii(Long.toUnsignedString(value)));
            default -> out.integer(value);
        }
    }

    private static void writeValue(FieldDescriptor field, Object value, JsonOutput out) {
        switch (field.getJavaType()) {
            case MESSAGE -> write((Message) value, out);
            case ENUM -> out.string(((EnumValueDescriptor) value).getName());
            case STRING -> out.string((String) value);
            case BOOLEAN -> out.bool((Boolean) value);
            case INT, LONG -> writeInteger(field, ((Number) value).longValue(), out);
            case FLOAT, DOUBLE -> out.decimal(((Number) value).doubleValue());
            case BYTE_STRING ->
                throw new IllegalArgumentException("a configuration has no bytes, but " + field.getFullName());
        }
    }
}
