package io.longshore.protocol.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** Sizes and bytes of single fields, as protobuf's generated code has them: a field of no content is left out. */
final class ProtoFields {
    private ProtoFields() {}

    static int stringSize(int field, String value) {
        return value.isEmpty() ? 0 : CodedOutputStream.computeStringSize(field, value);
    }

    static void writeString(int field, String value, CodedOutputStream out) throws IOException {
        if (!value.isEmpty()) {
            out.writeString(field, value);
        }
    }

    /** The size of a field that holds {@code contentSize} bytes. */
    static int nestedSize(int field, int contentSize) {
        return CodedOutputStream.computeTagSize(field)
                + CodedOutputStream.computeUInt32SizeNoTag(contentSize)
                + contentSize;
    }

    /** Writes the tag of a field and the length of what follows. */
    static void writePrefix(int field, int contentSize, CodedOutputStream out) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(contentSize);
    }
}
