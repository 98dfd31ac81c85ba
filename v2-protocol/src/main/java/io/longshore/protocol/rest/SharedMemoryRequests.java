package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamReadException;
import io.longshore.inference.InferenceException;
import io.longshore.inference.SharedRegion;
import io.longshore.protocol.json.JsonFaults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies that register regions (V2 system and CUDA shared memory extensions). Fields that are not known are passed
 * over. Every fault is INVALID_ARGUMENT. Thread-safe.
 */
public final class SharedMemoryRequests {
    private static final JsonFactory JSON = new JsonFactory();

    private SharedMemoryRequests() {}

    /**
     * {@code {"key":"/x","offset":0,"byte_size":64}}; the offset may be left out.
     *
     * @param region the region's name, from the path
     * @throws InferenceException INVALID_ARGUMENT
     */
    public static SharedRegion.Posix system(String region, byte[] body) {
        Fields fields = fields(body);
        return new SharedRegion.Posix(
                region,
                fields.string("key"),
                fields.has("offset") ? fields.number("offset") : 0,
                fields.number("byte_size"));
    }

    /**
     * {@code {"raw_handle":{"b64":"…"},"device_id":0,"byte_size":64}}.
     *
     * @param region the region's name, from the path
     * @throws InferenceException INVALID_ARGUMENT
     */
    public static CudaRegistration cuda(String region, byte[] body) {
        Fields fields = fields(body);
        String encoded = fields.string("raw_handle");
        SharedRegion.Cuda asked = new SharedRegion.Cuda(region, fields.number("device_id"), fields.number("byte_size"));
        return new CudaRegistration(asked, handle(encoded));
    }

    /**
     * Checks the handle of a CUDA region.
     *
     * @return the handle
     * @throws InferenceException INVALID_ARGUMENT if it is none
     */
    public static ByteBuffer checkHandle(ByteBuffer handle) {
        if (handle.remaining() != SharedRegion.Cuda.HANDLE_BYTES) {
            throw noHandle();
        }
        return handle;
    }

    private static ByteBuffer handle(String encoded) {
        try {
            return checkHandle(ByteBuffer.wrap(Base64.getDecoder().decode(encoded)));
        } catch (IllegalArgumentException e) {
            throw noHandle();
        }
    }

    private static InferenceException noHandle() {
        return V2Errors.invalid("'raw_handle' must be a valid base64 encoded cudaIpcMemHandle_t");
    }

    private static Fields fields(byte[] body) {
        try (JsonParser parser = JSON.createParser(body)) {
            return Fields.read(parser);
        } catch (StreamReadException e) {
            throw V2Errors.invalid("failed to parse the request JSON buffer: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw V2Errors.invalid("failed to read the request body: " + e.getMessage());
        }
    }

    /**
     * A CUDA region to register.
     *
     * @param region the region
     * @param handle its {@code cudaIpcMemHandle_t}
     */
    public record CudaRegistration(SharedRegion.Cuda region, ByteBuffer handle) {}

    /** The fields of a body that are known. */
    private static final class Fields {
        private final Map<String, Object> values = new HashMap<>();

        static Fields read(JsonParser parser) throws IOException {
            Fields fields = new Fields();
            JsonToken first = parser.nextToken();
            if (first == null) {
                return fields;
            }
            if (first != JsonToken.START_OBJECT) {
                throw V2Errors.invalid("the body must be an object such as {\"key\":\"/name\",\"byte_size\":64}");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                fields.readField(parser, parser.currentName());
            }
            return fields;
        }

        private void readField(JsonParser parser, String name) throws IOException {
            switch (name) {
                case "key" -> put(name, JsonFields.string(parser, name));
                case "offset", "byte_size", "device_id" -> put(name, JsonFields.unsigned(parser, name));
                case "raw_handle" -> put(name, readHandle(parser));
                default -> JsonFields.skip(parser);
            }
        }

        private static String readHandle(JsonParser parser) throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw V2Errors.cannotParse("raw_handle", JsonFaults.wrongKind("non-object", "object"));
            }
            String encoded = null;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                if (parser.currentName().equals("b64")) {
                    JsonFields.checkFirst(encoded, "b64");
                    encoded = JsonFields.string(parser, "b64");
                } else {
                    JsonFields.skip(parser);
                }
            }
            return required(encoded, "b64");
        }

        private void put(String name, Object value) {
            JsonFields.putParameter(name, value, values);
        }

        boolean has(String name) {
            return values.containsKey(name);
        }

        String string(String name) {
            return (String) required(values.get(name), name);
        }

        long number(String name) {
            return (Long) required(values.get(name), name);
        }

        private static <T> T required(@Nullable T value, String name) {
            if (value == null) {
                throw V2Errors.invalid("Shared memory register request has no '" + name + "' field");
            }
            return value;
        }
    }
}
