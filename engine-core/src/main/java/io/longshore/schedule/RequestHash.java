package io.longshore.schedule;

import io.longshore.inference.Parameters;
import io.longshore.inference.RequestedOutput;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Hashes everything of a request that its model's answer may depend on: inputs in the model's order with name, type, shape and
 * bytes, outputs in the request's order with the classes wanted of each, and parameters by name. Everything of variable
 * length stands behind its length, so no two questions make the same bytes. Not among it: the request's id, deadline and
 * priority. Not thread-safe; used once.
 */
final class RequestHash {
    private final MessageDigest digest;
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

    private RequestHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The digest of a request whose inputs are all in this process. */
    static RequestDigest of(PendingRequest request) {
        RequestHash hash = new RequestHash();
        hash.add(request.inputs());
        hash.add(request.outputs(), request.request().outputs());
        hash.add(request.request().parameters());
        return RequestDigest.of(hash.digest.digest());
    }

    private void add(List<Tensor> inputs) {
        add(inputs.size());
        for (Tensor input : inputs) {
            add(input.name());
            add(input.type().wireName());
            add(input.shape().rank());
            for (int axis = 0; axis < input.shape().rank(); axis++) {
                add(input.shape().dim(axis));
            }
            add(input.byteSize());
            digest.update(input.buffer());
        }
    }

    /** @param asked one for each name, in that order; empty = all as they are */
    private void add(List<String> names, List<RequestedOutput> asked) {
        add(names.size());
        for (int i = 0; i < names.size(); i++) {
            add(names.get(i));
            add(asked.isEmpty() ? 0 : asked.get(i).classes());
        }
    }

    private void add(Parameters parameters) {
        add(parameters.names().size());
        if (parameters.isEmpty()) {
            return;
        }
        for (Map.Entry<String, Object> each : new TreeMap<>(parameters.asMap()).entrySet()) {
            add(each.getKey());
            // The class tells 1 from 1.0, true and "1".
            add(each.getValue().getClass().getSimpleName());
            add(each.getValue().toString());
        }
    }

    private void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes.length);
        digest.update(bytes);
    }

    private void add(long value) {
        digest.update(number.putLong(0, value).array());
    }
}
