package io.longshore.protocol.rest;

import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatistics.Compute;
import io.longshore.inference.ModelStatistics.Total;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import java.util.List;

/** Writes the JSON of the V2 statistics extension, UTF-8. */
public final class StatisticsEncoder {
    private StatisticsEncoder() {}

    /**
     * {@code {"model_stats":[…]}}.
     *
     * @param nowMillis the present time, in milliseconds since 1970
     */
    public static byte[] encode(List<ModelStatistics> statistics, long nowMillis) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        field(out.raw('{'), "model_stats").raw('[');
        for (int i = 0; i < statistics.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            model(out, statistics.get(i), nowMillis);
        }
        return out.raw(']').raw('}').toByteArray();
    }

    private static void model(JsonOutput out, ModelStatistics model, long nowMillis) {
        field(out.raw('{'), "name").string(model.name());
        field(out.raw(','), "version").string(Long.toString(model.version()));
        field(out.raw(','), "last_inference").integer(model.lastInferenceMillis(nowMillis));
        field(out.raw(','), "inference_count").integer(model.inferenceCount());
        field(out.raw(','), "execution_count").integer(model.executionCount());
        field(out.raw(','), "inference_stats").raw('{');
        total(out, "success", model.success());
        total(out.raw(','), "fail", model.fail());
        total(out.raw(','), "queue", model.queue());
        compute(out, model.compute());
        total(out.raw(','), "cache_hit", model.caching().hits());
        total(out.raw(','), "cache_miss", model.caching().misses());
        field(out.raw('}').raw(','), "response_stats").raw('{').raw('}');
        field(out.raw(','), "batch_stats").raw('[');
        for (int i = 0; i < model.batches().size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            batch(out, model.batches().get(i));
        }
        field(out.raw(']').raw(','), "memory_usage").raw('[').raw(']');
        out.raw('}');
    }

    private static void batch(JsonOutput out, ModelStatistics.Batch batch) {
        field(out.raw('{'), "batch_size").integer(batch.size());
        compute(out, batch.compute());
        out.raw('}');
    }

    private static void compute(JsonOutput out, Compute compute) {
        total(out.raw(','), "compute_input", compute.input());
        total(out.raw(','), "compute_infer", compute.infer());
        total(out.raw(','), "compute_output", compute.output());
    }

    private static void total(JsonOutput out, String name, Total total) {
        field(out, name).raw('{');
        field(out, "count").integer(total.count());
        field(out.raw(','), "ns").integer(total.nanos());
        out.raw('}');
    }

    private static JsonOutput field(JsonOutput out, String name) {
        return out.string(name).raw(':');
    }
}
