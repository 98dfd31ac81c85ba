package io.longshore.backend.onnxruntime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a model's signature from an open session. The runtime infers dimensions that the file leaves out, but does not
 * tell a scalar from a tensor it knows nothing about; both come out as of unknown dimensions here.
 */
final class SessionSignature {
    private SessionSignature() {}

    /** The signature of the session's model. */
    static GraphSignature of(OrtSession session) throws OrtException {
        return new GraphSignature(
                tensors(session.getInputInfo().values()),
                tensors(session.getOutputInfo().values()));
    }

    private static List<GraphTensor> tensors(Collection<NodeInfo> nodes) {
        return nodes.stream().map(SessionSignature::tensor).toList();
    }

    private static GraphTensor tensor(NodeInfo node) {
        if (!(node.getInfo() instanceof TensorInfo info)) {
            return new GraphTensor(node.getName(), null, String.valueOf(node.getInfo()), List.of());
        }
        @Nullable ElementType type = ElementType.ofNative(info.onnxType).orElse(null);
        return new GraphTensor(node.getName(), type, info.onnxType.name(), dims(info));
    }

    private static @Nullable List<GraphDim> dims(TensorInfo info) {
        long[] sizes = info.getShape();
        if (sizes.length == 0) {
            return null;
        }
        String[] names = info.getDimensionNames();
        List<GraphDim> dims = new ArrayList<>();
        for (int axis = 0; axis < sizes.length; axis++) {
            dims.add(new GraphDim(Math.max(-1, sizes[axis]), names[axis]));
        }
        return dims;
    }
}
