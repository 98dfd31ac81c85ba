package io.longshore.protocol.rest;

import io.longshore.inference.SharedRegion;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import java.util.List;

/** Writes which regions there are (V2 system and CUDA shared memory extensions), UTF-8. */
public final class SharedMemoryEncoder {
    private SharedMemoryEncoder() {}

    /** {@code [{"name":…,"key":…,"offset":0,"byte_size":64}]}. */
    public static byte[] system(List<SharedRegion.Posix> regions) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE).raw('[');
        for (int i = 0; i < regions.size(); i++) {
            SharedRegion.Posix region = regions.get(i);
            begin(out, i, region);
            field(out, "key").string(region.key());
            field(out, "offset").integer(region.offset());
            end(out, region);
        }
        return out.raw(']').toByteArray();
    }

    /** {@code [{"name":…,"device_id":0,"byte_size":64}]}. */
    public static byte[] cuda(List<SharedRegion.Cuda> regions) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE).raw('[');
        for (int i = 0; i < regions.size(); i++) {
            SharedRegion.Cuda region = regions.get(i);
            begin(out, i, region);
            field(out, "device_id").integer(region.deviceId());
            end(out, region);
        }
        return out.raw(']').toByteArray();
    }

    private static void begin(JsonOutput out, int index, SharedRegion region) {
        if (index > 0) {
            out.raw(',');
        }
        out.raw('{').string("name").raw(':').string(region.name());
    }

    private static JsonOutput field(JsonOutput out, String name) {
        return out.raw(',').string(name).raw(':');
    }

    private static void end(JsonOutput out, SharedRegion region) {
        field(out, "byte_size").integer(region.byteSize()).raw('}');
    }
}
