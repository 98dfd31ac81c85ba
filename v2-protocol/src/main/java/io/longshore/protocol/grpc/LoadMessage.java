package io.longshore.protocol.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelUpload;
import io.longshore.protocol.grpc.proto.ModelRepositoryParameter;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadRequest;
import io.longshore.protocol.rest.LoadParameters;
import io.longshore.protocol.rest.V2Errors;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * A {@code RepositoryModelLoadRequest}, read straight from the wire, so that the files in it go where they are kept without
 * being held in memory.
 *
 * @param repositoryName the repository; the model in KServe's message, which has no repositories
 * @param modelName the model
 * @param override what the load overrides, the holder's to hand on or to close
 */
public record LoadMessage(String repositoryName, String modelName, LoadOverride override) {
    /**
     * Reads one message.
     *
     * @param message all of its bytes and no others
     * @param uploads begins an upload, at the first file
     * @throws InferenceException INVALID_ARGUMENT, or what the upload throws; whatever was uploaded is thrown away then
     */
    public static LoadMessage read(InputStream message, Supplier<ModelUpload> uploads) {
        Reader reader = new Reader(CodedInputStream.newInstance(message), new LoadParameters(uploads));
        try {
            return reader.read();
        } catch (InvalidProtocolBufferException e) {
            reader.parameters.close();
            throw MessageErrors.malformed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            reader.parameters.close();
            throw V2Errors.invalid("failed to read the request message: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            reader.parameters.close();
            throw e;
        }
    }

    /** Reads fields as they come: by protobuf's rules a name is before what it names. */
    private static final class Reader {
        /** A map's entry is a message with these fields. */
        private static final int KEY = 1;

        private static final int VALUE = 2;
        private static final int CHUNK_BYTES = 64 << 10;

        private final CodedInputStream in;
        private final LoadParameters parameters;
        private String repositoryName = "";
        private String modelName = "";

        Reader(CodedInputStream in, LoadParameters parameters) {
            this.in = in;
            this.parameters = parameters;
        }

        LoadMessage read() throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (is(tag, RepositoryModelLoadRequest.REPOSITORY_NAME_FIELD_NUMBER)) {
                    repositoryName = text("repository_name", LoadParameters.MAX_NAME_BYTES);
                } else if (is(tag, RepositoryModelLoadRequest.MODEL_NAME_FIELD_NUMBER)) {
                    modelName = text("model_name", LoadParameters.MAX_NAME_BYTES);
                } else if (is(tag, RepositoryModelLoadRequest.PARAMETERS_FIELD_NUMBER)) {
                    parameter();
                } else {
                    in.skipField(tag);
                }
            }
            return new LoadMessage(repositoryName, modelName, parameters.override());
        }

        private static boolean is(int tag, int field) {
            return tag == (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
        }

        private void parameter() throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            String name = "";
            boolean hasValue = false;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (is(tag, KEY) && !hasValue) {
                    name = text("a parameter's name", LoadParameters.MAX_NAME_BYTES);
                } else if (is(tag, VALUE) && !hasValue) {
                    hasValue = true;
                    value(name);
                } else {
                    throw MessageErrors.malformed("a parameter is not just a name and a value behind it");
                }
            }
            in.popLimit(outer);
            if (!hasValue) {
                checkKind(name, 0);
            }
        }

        private void value(String name) throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            int kind = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                kind = is(tag, WireFormat.getTagFieldNumber(tag)) ? WireFormat.getTagFieldNumber(tag) : 0;
                checkKind(name, kind);
                if (LoadParameters.isFile(name)) {
                    file(name);
                } else {
                    parameters.config(text("parameter 'config'", LoadParameters.MAX_CONFIG_BYTES));
                }
            }
            in.popLimit(outer);
            checkKind(name, kind);
        }

        private static void checkKind(String name, int kind) {
            if (!LoadParameters.isKnown(name)) {
                throw LoadParameters.unknown(name);
            }
            boolean isFile = LoadParameters.isFile(name);
            int wanted = isFile
                    ? ModelRepositoryParameter.BYTES_PARAM_FIELD_NUMBER
                    : ModelRepositoryParameter.STRING_PARAM_FIELD_NUMBER;
            if (kind != wanted) {
                throw V2Errors.invalid("invalid value type for load parameter '" + name + "', expected "
                        + (isFile ? "bytes_param." : "string_param."));
            }
        }

        private void file(String name) throws IOException {
            int left = in.readRawVarint32();
            if (left < 0) {
                throw MessageErrors.truncated();
            }
            try (OutputStream file = parameters.file(name)) {
                while (left > 0) {
                    byte[] chunk = in.readRawBytes(Math.min(left, CHUNK_BYTES));
                    file.write(chunk);
                    left -= chunk.length;
                }
            }
        }

        /** A text whose size is checked before it is read. */
        private String text(String what, int maxBytes) throws IOException {
            int size = in.readRawVarint32();
            if (size < 0 || size > maxBytes) {
                throw V2Errors.invalid(what + " has " + Integer.toUnsignedString(size) + " bytes; at most " + maxBytes
                        + " are allowed");
            }
            return new String(in.readRawBytes(size), StandardCharsets.UTF_8);
        }
    }
}
