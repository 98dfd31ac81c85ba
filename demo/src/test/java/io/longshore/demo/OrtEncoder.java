package io.longshore.demo;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.model.ModelSelector;
import io.longshore.spi.FakeContext;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The model {@code minilm} run by ONNX Runtime itself, in the place of the server's other models. */
final class OrtEncoder implements FakeContext.OtherModels, AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final MemoryAllocator allocator;
    private int calls;

    OrtEncoder(Path model, MemoryAllocator allocator) throws OrtException {
        this.session = environment.createSession(model.toString());
        this.allocator = allocator;
    }

    /** How often the model was called. */
    int calls() {
        return calls;
    }

    @Override
    public CompletionStage<InferenceResponse> infer(ModelSelector model, List<Tensor> inputs, List<String> outputs) {
        calls++;
        Map<String, OnnxTensor> values = new HashMap<>();
        try {
            for (Tensor input : inputs) {
                values.put(
                        input.name(),
                        OnnxTensor.createTensor(
                                environment,
                                input.buffer().asLongBuffer(),
                                input.shape().toArray()));
            }
            try (OrtSession.Result result = session.run(values)) {
                Tensor output = copied((OnnxTensor) result.get(0), outputs.get(0));
                return CompletableFuture.completedFuture(
                        new InferenceResponse("", new ModelId(model.name(), 1), List.of(output), Parameters.NONE));
            }
        } catch (OrtException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            values.values().forEach(OnnxTensor::close);
            inputs.forEach(Tensor::release);
        }
    }

    private Tensor copied(OnnxTensor value, String name) {
        FloatBuffer buffer = value.getFloatBuffer();
        float[] numbers = new float[buffer.remaining()];
        buffer.get(numbers);
        return Tensors.ofFloats(allocator, name, Shape.of(value.getInfo().getShape()), numbers);
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
