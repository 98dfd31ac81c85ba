package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
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
        Fields fields = new Fields();
        JsonBody.read(
                body, "the body must be an object such as {\"key\":\"/name\",\"byte_size\":64}", fields::readField);
        return fields;
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

        void readField(String name, JsonParser parser) throws IOException {
            switch (name) {
                case "key" -> put(name, JsonFields.currentString(parser, name));
                case "offset", "byte_size", "device_id" -> put(name, JsonFields.currentUnsigned(parser, name));
                case "raw_handle" -> put(name, readHandle(parser));
                default -> {}
            }
        }

        private static String readHandle(JsonParser parser) throws IOException {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw V2Errors.cannotParse("raw_handle", JsonFaults.wrongKind("non-object", "object"));
            }
            Fields handle = new Fields();
            JsonBody.readMembers(parser, (name, value) -> {
                if (name.equals("b64")) {
                    handle.put(name, JsonFields.currentString(value, name));
                }
            });
            return handle.string("b64");
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
