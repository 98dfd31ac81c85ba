package io.longshore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.Parameters;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the engine relies on, whatever the framework: the completion of a configuration, and all that happens to a loaded
 * model. The test of a backend extends this class and supplies the models of {@link BackendFixture}.
 */
public abstract class BackendContract extends CompletionContract {
    @Test
    void oneItem_getsItsOutput() throws Exception {
        try (BackendRun run = BackendRun.load(backend(), gather(), 1, context)) {
            RecordingItem item = gatherItem(2, 0, 2);
            run.execute(item);

            assertThat(Tensors.floats(item.answer().get(0))).containsExactly(30f, 10f, 30f);
            assertThat(item.answer().get(0).name()).isEqualTo("OUTPUT0");
            assertThat(item.responses().get(0).isFinal()).isTrue();
        }
    }

    @Test
    void eachItem_hasTheBoundsOfItsComputationMarked() throws Exception {
        try (BackendRun run = BackendRun.load(backend(), gather(), 1, context)) {
            RecordingItem first = gatherItem(2, 0, 2);
            RecordingItem second = gatherItem(1);
            run.execute(first, second);

            assertThat(first.marks()).containsExactly("inputs ready", "outputs begun");
            assertThat(second.marks()).containsExactly("inputs ready", "outputs begun");
        }
    }

    @Test
    void severalItems_areEachAnsweredOnce() throws Exception {
        try (BackendRun run = BackendRun.load(backend(), gather(), 1, context)) {
            RecordingItem[] three = {gatherItem(0), gatherItem(1, 1), gatherItem(2, 1, 0)};
            run.execute(three);

            assertThat(Tensors.floats(three[0].answer().get(0))).containsExactly(10f);
            assertThat(Tensors.floats(three[1].answer().get(0))).containsExactly(20f, 20f);
            assertThat(Tensors.floats(three[2].answer().get(0))).containsExactly(30f, 20f, 10f);
        }
    }

    @Test
    void outputs_areThoseWantedInTheOrderWanted() throws Exception {
        try (BackendRun run = BackendRun.load(backend(), sumAndDifference(), 1, context)) {
            RecordingItem both = sumItem("OUTPUT1", "OUTPUT0");
            RecordingItem second = sumItem("OUTPUT1");
            run.execute(both);
            run.execute(second);

            assertThat(both.answer()).extracting(Tensor::name).containsExactly("OUTPUT1", "OUTPUT0");
            assertThat(Tensors.ints(both.answer().get(0))).containsOnly(-1).hasSize(16);
            assertThat(Tensors.ints(both.answer().get(1))).startsWith(1, 3, 5).hasSize(16);
            assertThat(second.answer()).extracting(Tensor::name).containsExactly("OUTPUT1");
        }
    }

    @Test
    void failedItem_leavesItsNeighboursAndTheNextFine() throws Exception {
        try (BackendRun run = BackendRun.load(backend(), gather(), 1, context)) {
            RecordingItem bad = gatherItem(99);
            RecordingItem neighbour = gatherItem(1);
            RecordingItem next = gatherItem(2);
            run.execute(bad, neighbour);
            run.execute(next);

            assertThat(bad.failure().code()).isEqualTo(ErrorCode.MODEL_FAILED);
            assertThat(bad.failure()).hasMessageContaining("model");
            assertThat(Tensors.floats(neighbour.answer().get(0))).containsExactly(20f);
            assertThat(Tensors.floats(next.answer().get(0))).containsExactly(30f);
        }
    }

    @Test
    void severalInstances_workAtOnce() throws Exception {
        try (BackendRun run = BackendRun.load(backend(), gather(), 3, context)) {
            List<Thread> callers = new ArrayList<>();
            List<RecordingItem> answered = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int instance = i;
                List<RecordingItem> own =
                        IntStream.range(0, 50).mapToObj(n -> gatherItem(n % 3)).toList();
                answered.addAll(own);
                callers.add(new Thread(() -> own.forEach(item -> run.execute(instance, item))));
            }
            callers.forEach(Thread::start);
            for (Thread caller : callers) {
                caller.join();
            }

            for (int n = 0; n < answered.size(); n++) {
                float expected = 10f + 10f * (n % 50 % 3);
                assertThat(Tensors.floats(answered.get(n).answer().get(0))).containsExactly(expected);
            }
        }
    }

    @Test
    void cancelledItem_endsWithoutBeingRun() throws Exception {
        try (BackendRun run = BackendRun.load(backend(), slow(), 1, context)) {
            RecordingItem item = slowItem(1_000_000);
            item.context().cancel();
            run.execute(item);

            assertThat(item.failure().code()).isEqualTo(ErrorCode.CANCELLED);
        }
    }

    @Test
    void itemCancelledWhileItRuns_endsAndLeavesTheInstanceUsable() throws Exception {
        try (BackendRun run = BackendRun.load(backend(), slow(), 1, context)) {
            RecordingItem cancelled = slowItem(1_000_000);
            Thread caller = new Thread(() -> run.execute(cancelled));
            caller.start();
            cancelled.context().cancel();
            caller.join();
            RecordingItem next = slowItem(1);
            run.execute(next);

            assertThat(cancelled.failure().code()).isEqualTo(ErrorCode.CANCELLED);
            assertThat(next.answer().get(0).shape()).isEqualTo(Shape.of());
        }
    }

    @Test
    void model_canBeLoadedAgainWhileLoadedAndAfterwards() throws Exception {
        ModelFiles files = gather();
        try (BackendRun first = BackendRun.load(backend(), files, 2, context)) {
            BackendRun.load(backend(), files, 1, context).close();
            RecordingItem item = gatherItem(1);
            first.execute(item);

            assertThat(Tensors.floats(item.answer().get(0))).containsExactly(20f);
        }
        BackendRun.load(backend(), files, 1, context).close();
    }

    @Test
    void inputsAndOutputs_haveOneOwnerEach() throws Exception {
        try (BackendRun run = BackendRun.load(backend(), identity(DataType.FP32, -1), 1, context)) {
            Tensor input = Tensors.ofFloats(allocator, "INPUT0", Shape.of(2), 1f, 2f);
            RecordingItem item = new RecordingItem(
                    List.of(input), List.of("OUTPUT0"), FakeContext.alone(allocator), Parameters.NONE);
            run.execute(item);

            assertThat(Tensors.floats(input)).as("the input is still there").containsExactly(1f, 2f);
            Tensor output = item.answer().get(0);
            input.release();
            assertThat(Tensors.floats(output)).as("the output outlives it").containsExactly(1f, 2f);
            output.release();
            assertThat(allocator.live()).as("memory not given back").isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void everyDatatype_passesUnchanged(DataType type) throws Exception {
        assumeTrue(supportedTypes().contains(type), "the framework has no " + type);
        Tensor input = type == DataType.BYTES
                ? Tensors.ofStrings(allocator, "INPUT0", Shape.of(3), "", "a", "grüß 漢")
                : patterned(type, Shape.of(3));

        checkIdentity(identity(type, -1), input);
    }

    @Test
    void scalar_staysScalar() throws Exception {
        checkIdentity(identity(DataType.FP32), Tensors.ofFloats(allocator, "INPUT0", Shape.of(), 7f));
    }

    @Test
    void matrix_keepsItsShape() throws Exception {
        checkIdentity(identity(DataType.FP32, -1, 2), patterned(DataType.FP32, Shape.of(3, 2)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FP32", "BYTES"})
    void zeroSizedTensor_passes(DataType type) throws Exception {
        assumeTrue(supportedTypes().contains(type), "the framework has no " + type);
        Tensor input = new Tensor("INPUT0", type, Shape.of(0), allocator.allocate(0));

        checkIdentity(identity(type, -1), input);
    }

    @Test
    void nulAndInvalidUtf8_passUnchangedOrFailTheRequest() throws Exception {
        assumeTrue(supportedTypes().contains(DataType.BYTES), "the framework has no BYTES");
        byte[] odd = {'a', 0, 'b', (byte) 0xFF, (byte) 0xC3};
        Tensor input = Tensors.ofBytes(allocator, "INPUT0", Shape.of(2), List.of(odd, new byte[] {0}));
        if (keepsArbitraryBytes()) {
            checkIdentity(identity(DataType.BYTES, -1), input);
            return;
        }
        try (BackendRun run = BackendRun.load(backend(), identity(DataType.BYTES, -1), 1, context)) {
            RecordingItem item = item(List.of(input), "OUTPUT0");
            run.execute(item);

            assertThat(item.failure().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(item.failure()).hasMessageContaining("INPUT0");
        }
    }

    private Tensor patterned(DataType type, Shape shape) {
        HostMemory memory = allocator.allocate(Tensor.byteSizeOf("INPUT0", type, shape));
        ByteBuffer bytes = memory.buffer();
        while (bytes.hasRemaining()) {
            // 0 and 1 alone, so that the bytes are BOOLs too.
            bytes.put((byte) (bytes.position() & 1));
        }
        return new Tensor("INPUT0", type, shape, memory);
    }

    private void checkIdentity(ModelFiles files, Tensor input) throws Exception {
        RecordingItem item = item(List.of(input), "OUTPUT0");
        try (BackendRun run = BackendRun.load(backend(), files, 1, context)) {
            run.execute(item);
        }
        // Read after the model is closed: an output lives on its own.
        Tensor output = item.answer().get(0);
        assertThat(output.type()).isEqualTo(input.type());
        assertThat(output.shape()).isEqualTo(input.shape());
        assertThat(output.buffer()).isEqualTo(input.buffer());
    }
}
