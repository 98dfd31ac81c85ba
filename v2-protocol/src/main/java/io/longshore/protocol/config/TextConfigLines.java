package io.longshore.protocol.config;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.TextFormatParseInfoTree;
import com.google.protobuf.TextFormatParseLocation;
import io.longshore.protocol.config.proto.ModelConfig;
import java.util.List;

/** The lines of a configuration in protobuf's text format. */
final class TextConfigLines implements ConfigLines {
    private final TextFormatParseInfoTree tree;

    TextConfigLines(TextFormatParseInfoTree tree) {
        this.tree = tree;
    }

    /**
     * Protobuf keeps one position for a whole list in brackets; then a field that every member states tells where the member
     * is, or else all are where the list starts.
     */
    @Override
    public int of(String field, int index, int count) {
        FieldDescriptor descriptor = ModelConfig.getDescriptor().findFieldByName(field);
        List<TextFormatParseLocation> own = tree.getLocations(descriptor);
        if (own.size() >= count) {
            return lineOf(own.get(index));
        }
        if (own.isEmpty()) {
            return 0;
        }
        return descriptor.getMessageType().getFields().stream()
                .map(member -> locations(descriptor, member))
                .filter(locations -> locations.size() == count)
                .findFirst()
                .map(locations -> lineOf(locations.get(index)))
                .orElseGet(() -> lineOf(own.get(0)));
    }

    private List<TextFormatParseLocation> locations(FieldDescriptor field, FieldDescriptor member) {
        return tree.getNestedTrees(field).stream()
                .flatMap(nested -> nested.getLocations(member).stream())
                .toList();
    }

    /** Protobuf counts lines from 0, editors from 1. */
    private static int lineOf(TextFormatParseLocation location) {
        return location.getLine() + 1;
    }

    @Override
    public boolean states(String field) {
        return of(field) > 0;
    }
}
