package io.longshore.protocol.config;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import io.longshore.protocol.config.proto.ModelConfigProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the types of the configuration's schema by their full names. */
final class ConfigSchema {
    private ConfigSchema() {}

    static @Nullable Descriptor messageType(String fullName) {
        return find(ModelConfigProto.getDescriptor().getMessageTypes(), fullName);
    }

    static @Nullable EnumDescriptor enumType(String fullName) {
        for (EnumDescriptor type : ModelConfigProto.getDescriptor().getEnumTypes()) {
            if (type.getFullName().equals(fullName)) {
                return type;
            }
        }
        Descriptor around = messageType(fullName.substring(0, fullName.lastIndexOf('.')));
        return around == null ? null : around.findEnumTypeByName(fullName.substring(fullName.lastIndexOf('.') + 1));
    }

    private static @Nullable Descriptor find(List<Descriptor> types, String fullName) {
        for (Descriptor type : types) {
            if (type.getFullName().equals(fullName)) {
                return type;
            }
            if (fullName.startsWith(type.getFullName() + ".")) {
                return find(type.getNestedTypes(), fullName);
            }
        }
        return null;
    }
}
