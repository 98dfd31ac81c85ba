package io.longshore.protocol.config;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.TextFormatParseInfoTree;
import com.google.protobuf.TextFormatParseLocation;
import io.longshore.protocol.config.proto.ModelConfig;

/** The lines on which the fields of a configuration stand. */
final class ConfigLines {
    private final TextFormatParseInfoTree tree;

    ConfigLines(TextFormatParseInfoTree tree) {
        this.tree = tree;
    }

    /** The line of a top-level field, from 1; 0 where it is not stated. */
    int of(String field) {
        return of(field, 0);
    }

    /** The line of one of several top-level fields of a name. */
    int of(String field, int index) {
        FieldDescriptor descriptor = ModelConfig.getDescriptor().findFieldByName(field);
        if (index >= tree.getLocations(descriptor).size()) {
            return 0;
        }
        TextFormatParseLocation location = tree.getLocation(descriptor, index);
        return location.getLine() + 1;
    }

    /** Whether the text states a top-level field, if only with its default. */
    boolean states(String field) {
        return of(field) > 0;
    }
}
