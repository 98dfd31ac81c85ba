package io.longshore.bench;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The limit that served models are measured against: the same model file called straight through ONNX Runtime's Java
 * interface, by as many threads as the server has clients, without wire, codec or engine. Prints runs a second.
 */
public final class InProcess {
    private final OrtSession session;
    private final OrtEnvironment environment;
    private final long[] dims;

    private InProcess(OrtEnvironment environment, OrtSession session, long[] dims) {
        this.environment = environment;
        this.session = session;
        this.dims = dims;
    }

    /**
     * Runs a model.
     *
     * @param args the model file, threads, intra-op threads of the session, seconds to measure (as many again, at most ten,
     *     to warm up), and the sizes that replace dimensions of any size, in order: {@code 1,128}
     */
    public static void main(String[] args) throws OrtException, InterruptedException, ExecutionException {
        if (args.length != 5) {
            throw new IllegalArgumentException("usage: InProcess MODEL THREADS INTRA_OP_THREADS SECONDS DIMS");
        }
        int threads = Integer.parseInt(args[1]);
        Duration measured = Duration.ofSeconds(Long.parseLong(args[3]));
        long[] dims =
                Arrays.stream(args[4].split(",")).mapToLong(Long::parseLong).toArray();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(Integer.parseInt(args[2]));
            try (OrtSession session = environment.createSession(args[0], options)) {
                InProcess run = new InProcess(environment, session, dims);
                run.measure(
                        threads, measured.compareTo(Duration.ofSeconds(10)) > 0 ? Duration.ofSeconds(10) : measured);
                System.out.printf("%.1f%n", run.measure(threads, measured));
            }
        }
    }

    private double measure(int threads, Duration duration) throws InterruptedException, ExecutionException {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long start = System.nanoTime();
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                counts.add(executor.submit(() -> runUntil(start + duration.toNanos())));
            }
            long total = 0;
            for (Future<Long> count : counts) {
                total += count.get();
            }
            return total * 1e9 / (System.nanoTime() - start);
        } finally {
            executor.shutdown();
        }
    }

    private long runUntil(long end) throws OrtException {
        Map<String, OnnxTensor> inputs = inputs();
        try {
            long count = 0;
            while (System.nanoTime() - end < 0) {
                session.run(inputs).close();
                count++;
            }
            return count;
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private Map<String, OnnxTensor> inputs() throws OrtException {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        for (var input : session.getInputInfo().values()) {
            TensorInfo info = (TensorInfo) input.getInfo();
            long[] shape = fill(info.getShape());
            inputs.put(input.getName(), ones(info.type, shape));
        }
        return inputs;
    }

    private long[] fill(long[] declared) {
        long[] shape = declared.clone();
        int next = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] < 0) {
                shape[axis] = dims[next++];
            }
        }
        return shape;
    }

    /** A tensor whose elements are all one where they are integers, else some small number. */
    private OnnxTensor ones(OnnxJavaType type, long[] shape) throws OrtException {
        long count = 1;
        for (long dim : shape) {
            count *= dim;
        }
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(count * type.size)).order(ByteOrder.nativeOrder());
        for (int at = 0; at < bytes.capacity(); at += type.size) {
            bytes.put(at, (byte) 1);
        }
        return OnnxTensor.createTensor(environment, bytes, shape, type);
    }
}
