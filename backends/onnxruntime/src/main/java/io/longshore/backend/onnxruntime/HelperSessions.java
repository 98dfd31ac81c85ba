package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.Result;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.longshore.tensor.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The sessions of {@link HelperGraph}s that one model needs, opened when first used and closed with the model. They have
 * no threads of their own. Thread-safe.
 */
final class HelperSessions implements AutoCloseable {
    private final OrtEnvironment environment;
    private final SessionOptions options;
    private final Map<String, OrtSession> sessions = new HashMap<>();

    HelperSessions(OrtEnvironment environment) throws OrtException {
        this.environment = environment;
        this.options = new SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OptLevel.NO_OPT);
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        // An arena would hold on to memory as large as the largest tensor that ever passed.
        options.setCPUArenaAllocator(false);
    }

    /** The tensor's values as another type of the same width, in the runtime's memory. */
    Result cast(OnnxTensor tensor, ElementType from, ElementType to) throws OrtException {
        return castSession(from, to).run(Map.of(HelperGraph.INPUT_A, tensor));
    }

    /** Copies the tensor's bytes into another tensor, whose type has the same width. */
    void copy(OnnxTensor from, ElementType fromType, OnnxTensor to, ElementType toType) throws OrtException {
        castSession(fromType, toType)
                .run(Map.of(HelperGraph.INPUT_A, from), Set.of(), Map.of(HelperGraph.OUTPUT, to))
                .close();
    }

    /** Whether elements are equal byte for byte: BOOL, of the tensors' shape. */
    Result equal(OnnxTensor a, OnnxTensor b) throws OrtException {
        return session("Equal", () -> HelperGraph.onStrings("Equal", ElementType.BOOL))
                .run(both(a, b));
    }

    /** Each element of {@code a} followed by that of {@code b}. */
    Result concatenate(OnnxTensor a, OnnxTensor b) throws OrtException {
        return session("StringConcat", () -> HelperGraph.onStrings("StringConcat", ElementType.STRING))
                .run(both(a, b));
    }

    /** The parts of one element between its zero bytes. */
    Result splitAtZeros(OnnxTensor tensor, int element) throws OrtException {
        try (OnnxTensor position = OnnxTensor.createTensor(environment, new long[] {element})) {
            return session("StringSplit", HelperGraph::splitAtZeros).run(both(tensor, position));
        }
    }

    /** A {@link DataType#BYTES} tensor of any bytes; costs a session, so about a millisecond. */
    Result stringConstant(List<byte[]> elements, long[] shape) throws OrtException {
        try (OrtSession session = environment.createSession(HelperGraph.stringConstant(elements, shape), options)) {
            return session.run(Map.of());
        }
    }

    @Override
    public synchronized void close() throws OrtException {
        for (OrtSession session : sessions.values()) {
            session.close();
        }
        sessions.clear();
        options.close();
    }

    private OrtSession castSession(ElementType from, ElementType to) throws OrtException {
        return session(from + ">" + to, () -> HelperGraph.cast(from, to));
    }

    private synchronized OrtSession session(String key, Supplier<byte[]> graph) throws OrtException {
        OrtSession session = sessions.get(key);
        if (session == null) {
            session = environment.createSession(graph.get(), options);
            sessions.put(key, session);
        }
        return session;
    }

    private static Map<String, OnnxTensor> both(OnnxTensor a, OnnxTensor b) {
        return Map.of(HelperGraph.INPUT_A, a, HelperGraph.INPUT_B, b);
    }
}
