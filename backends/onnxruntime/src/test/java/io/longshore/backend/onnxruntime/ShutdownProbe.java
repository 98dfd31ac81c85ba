package io.longshore.backend.onnxruntime;

import static io.longshore.onnx.Dim.dim;

import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxModels;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A process that goes on answering while its JVM shuts down; prints how many answers were right. */
final class ShutdownProbe {
    /** Enough to go on well after the runtime's own shutdown hook. */
    static final int REQUESTS = 300;

    private ShutdownProbe() {}

    /**
     * Loads, then exits and answers meanwhile.
     *
     * @param args a folder for the model, and whether to use the global thread pool
     */
    public static void main(String[] args) throws Exception {
        Map<String, String> settings = Map.of("enable-global-threadpool", args[1]);
        Harness harness = Harness.of(OnnxModels.identity(ElementType.STRING, dim("N")), Path.of(args[0]), settings);
        answer(harness);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            int right = 0;
            for (int i = 0; i < REQUESTS; i++) {
                right += answer(harness) ? 1 : 0;
            }
            harness.close();
            System.out.println(right);
        }));
        System.exit(0);
    }

    /** An emoji needs a new session inside the runtime. */
    private static boolean answer(Harness harness) {
        var item = harness.run(Tensors.ofStrings(harness.inputs, "INPUT0", Shape.of(1), "😀"));
        return !item.hasFailed() && Tensors.strings(item.answer().get(0)).equals(List.of("😀"));
    }
}
