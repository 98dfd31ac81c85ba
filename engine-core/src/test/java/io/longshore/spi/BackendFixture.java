package io.longshore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.Parameters;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tests of a backend start from: how four small models look in its framework, memory that is counted, threads and
 * items. The models' tensors are called {@code INPUT0}, {@code INPUT1}, {@code OUTPUT0} and {@code OUTPUT1}. Every test
 * ends with all memory given back and all threads idle.
 */
public abstract class BackendFixture {
    /** A folder of the test's own, for the models' files. */
    @TempDir
    protected Path folder;

    /** Where all tensors of a test live. */
    protected final CountingAllocator allocator = new CountingAllocator();

    /** The items made by {@link #item}; released when the test has ended. */
    private final List<RecordingItem> items = new ArrayList<>();

    private ExecutorService threads;

    /** What the backend is lent. */
    protected BackendContext context;

    /** The backend under test. */
    protected abstract Backend backend();

    /** {@code INPUT0} of this type and these dimensions (-1 = any, none = scalar), unchanged to {@code OUTPUT0}. */
    protected abstract ModelFiles identity(DataType type, long... dims) throws Exception;

    /** INT32 {@code INPUT0}, {@code INPUT1} [16] to their sum {@code OUTPUT0} and difference {@code OUTPUT1} [16]. */
    protected abstract ModelFiles sumAndDifference() throws Exception;

    /** FP32 {@code INPUT0} [-1] at the INT64 positions {@code INPUT1} [-1]; fails at a position out of range. */
    protected abstract ModelFiles gather() throws Exception;

    /**
     * INT64 {@code INPUT0} [1] rounds of work to one FP32 {@code OUTPUT0} []; a million rounds take longer than any test,
     * and the work stops soon after the request is cancelled.
     */
    protected abstract ModelFiles slow() throws Exception;

    /** The datatypes that the framework has. */
    protected Set<DataType> supportedTypes() {
        return EnumSet.allOf(DataType.class);
    }

    /** Whether BYTES elements keep NUL bytes and invalid UTF-8; where not, they must fail the request. */
    protected boolean keepsArbitraryBytes() {
        return true;
    }

    @BeforeEach
    protected void lend() {
        threads = BackendRun.threads();
        context = BackendRun.context(allocator, threads);
    }

    @AfterEach
    protected void everythingIsGivenBack() throws InterruptedException {
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS))
                .as("all threads are idle")
                .isTrue();
        assertThat(items).allSatisfy(item -> assertThat(item.callsAfterEnd()).isZero());
        items.forEach(RecordingItem::release);
        assertThat(allocator.live()).as("memory not given back").isZero();
    }

    /** An item for the outputs named. It is released when the test has ended. */
    protected final RecordingItem item(List<Tensor> inputs, String... outputs) {
        RecordingItem item =
                new RecordingItem(inputs, Arrays.asList(outputs), FakeContext.alone(allocator), Parameters.NONE);
        items.add(item);
        return item;
    }

    /** An item for {@link #gather}: the values 10, 20, 30 at these positions. */
    final RecordingItem gatherItem(long... positions) {
        return item(
                List.of(
                        Tensors.ofFloats(allocator, "INPUT0", Shape.of(3), 10f, 20f, 30f),
                        Tensors.ofLongs(allocator, "INPUT1", Shape.of(positions.length), positions)),
                "OUTPUT0");
    }

    /** An item for {@link #sumAndDifference}: 0 to 15 and 1 to 16. */
    final RecordingItem sumItem(String... outputs) {
        int[] left = IntStream.range(0, 16).toArray();
        int[] right = IntStream.rangeClosed(1, 16).toArray();
        return item(
                List.of(
                        Tensors.ofInts(allocator, "INPUT0", Shape.of(16), left),
                        Tensors.ofInts(allocator, "INPUT1", Shape.of(16), right)),
                outputs);
    }

    /** An item for {@link #slow}. */
    final RecordingItem slowItem(long rounds) {
        return item(List.of(Tensors.ofLongs(allocator, "INPUT0", Shape.of(1), rounds)), "OUTPUT0");
    }
}
