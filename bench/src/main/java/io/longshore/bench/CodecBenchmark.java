package io.longshore.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelId;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.CodecLimits;
import io.longshore.protocol.rest.EncodedResponse;
import io.longshore.protocol.rest.InferRequestDecoder;
import io.longshore.protocol.rest.InferResponseEncoder;
import io.longshore.protocol.rest.OutputFormat;
import io.longshore.tensor.MemoryPool;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to turn JSON into tensors in direct memory and back: one FP32 tensor of {@code floats} elements, and the
 * same text through Jackson's own number parsing as the measure that stands beside it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CodecBenchmark {
    private static final ModelSelector MODEL = ModelSelector.latest("identity");

    /** Elements of the tensor. */
    @Param({"16", "262144"})
    private int floats;

    private final MemoryPool pool = MemoryPool.direct(1 << 26);
    private final InferRequestDecoder decoder = new InferRequestDecoder(CodecLimits.DEFAULT, pool, Ticker.SYSTEM);
    private final InferResponseEncoder encoder = new InferResponseEncoder();
    private final JsonFactory jackson = new JsonFactory();
    private float[] values = new float[0];
    private byte[] json = new byte[0];

    /** Makes the text, with a fixed seed. */
    @Setup(Level.Trial)
    public void make() {
        SplittableRandom random = new SplittableRandom(1);
        values = new float[floats];
        StringBuilder text = new StringBuilder("{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[")
                .append(floats)
                .append("],\"datatype\":\"FP32\",\"data\":[");
        for (int i = 0; i < floats; i++) {
            values[i] = (float) random.nextDouble(-10, 10);
            text.append(i == 0 ? "" : ",").append(values[i]);
        }
        json = text.append("]}]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A request's JSON to a tensor. */
    @Benchmark
    public long decode() {
        InferenceRequest request =
                decoder.decodeJson(MODEL, json, 0, json.length).request();
        long size = request.inputs().get(0).byteSize();
        request.release();
        return size;
    }

    /** The same text through Jackson into direct memory. */
    @Benchmark
    public float decodeWithJackson() throws IOException {
        FloatBuffer target = ByteBuffer.allocateDirect(4 * floats).asFloatBuffer();
        try (JsonParser parser = jackson.createParser(json)) {
            while (target.hasRemaining()) {
                if (parser.nextToken() == JsonToken.VALUE_NUMBER_FLOAT) {
                    target.put(parser.getFloatValue());
                } else if (parser.currentToken() == null) {
                    throw new IOException("the text has fewer numbers than expected");
                }
            }
        }
        return target.get(0);
    }

    /** A tensor to a response's JSON. */
    @Benchmark
    public long encode() {
        Tensor output = Tensors.ofFloats(pool, "OUTPUT0", Shape.of(floats), values);
        InferenceResponse response =
                new InferenceResponse("", new ModelId("identity", 1), List.of(output), Parameters.NONE);
        try (EncodedResponse encoded = encoder.encode(response, OutputFormat.JSON)) {
            long size = 0;
            for (ByteBuffer part : encoded.parts()) {
                size += part.remaining();
            }
            return size;
        }
    }
}
