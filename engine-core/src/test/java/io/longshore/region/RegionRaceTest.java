package io.longshore.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.RegionLease;
import io.longshore.inference.SharedRegion;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Registration, use and unregistration of one name at once: no block is used after its end, none is left open. */
class RegionRaceTest {
    private static final int ROUNDS = 1000;
    private static final int SCENARIOS = 2;
    private static final int SCHEDULES = 30;
    private static final Set<ErrorCode> EXPECTED = EnumSet.of(ErrorCode.ALREADY_EXISTS, ErrorCode.REGION_NOT_FOUND);
    private static final ByteBuffer HANDLE = ByteBuffer.allocate(SharedRegion.Cuda.HANDLE_BYTES);
    private static final SharedRegion.Cuda REGION = new SharedRegion.Cuda("r", 0, 8);

    /** A region with a use whose end is one of the operations; those that begin meanwhile have none. */
    public static class OneRegion {
        private final RegionRegistry registry = registry(new FakeDevice());
        private final RegionLease first;

        public OneRegion() {
            registry.register(REGION, HANDLE);
            first = registry.lease("r", 0, 8);
        }

        @Operation
        public boolean register() {
            try {
                registry.register(REGION, HANDLE);
                return true;
            } catch (InferenceException e) {
                return false;
            }
        }

        @Operation
        public boolean use() {
            try {
                return registry.lease("r", 0, 8).byteSize() == 8;
            } catch (InferenceException e) {
                return false;
            }
        }

        @Operation
        public void unregister() {
            registry.unregister(SharedRegion.Cuda.class, "r");
        }

        @Operation(nonParallelGroup = "first use")
        public void endFirstUse() {
            first.release();
        }

        @Operation
        public int listed() {
            return registry.status(SharedRegion.Cuda.class, "").size();
        }
    }

    @Test
    void oneRegion_inEveryInterleaving() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(SCENARIOS)
                .invocationsPerIteration(SCHEDULES)
                .check(OneRegion.class);
        new StressOptions()
                .threads(3)
                .actorsPerThread(3)
                .iterations(SCENARIOS)
                .invocationsPerIteration(SCHEDULES)
                .check(OneRegion.class);
    }

    @Test
    void registerUseAndUnregister_leaveNothingOpen() {
        FakeDevice device = new FakeDevice();
        RegionRegistry registry = registry(device);
        Runnable register = repeated(() -> registry.register(REGION, HANDLE));
        Runnable unregister = repeated(() -> registry.unregister(SharedRegion.Cuda.class, "r"));
        Runnable use = repeated(() -> use(registry));

        Race.of(register, register, use, use, unregister, unregister);

        registry.close();
        assertThat(device.open).hasValue(0);
        assertThat(registry.status(SharedRegion.Cuda.class, "")).isEmpty();
    }

    private static RegionRegistry registry(FakeDevice device) {
        return new RegionRegistry(true, new PosixObjects(Path.of("nowhere")), device);
    }

    private static void use(RegionRegistry registry) {
        RegionLease lease = registry.lease("r", 0, 8);
        lease.read(ByteBuffer.allocate(8));
        lease.release();
    }

    private static Runnable repeated(Runnable action) {
        return () -> {
            for (int i = 0; i < ROUNDS; i++) {
                try {
                    action.run();
                } catch (InferenceException e) {
                    assertThat(EXPECTED).contains(e.code());
                }
            }
        };
    }
}
