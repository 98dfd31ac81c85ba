package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.InferenceException;
import io.longshore.inference.RequestClass;
import io.longshore.model.DynamicBatching;
import io.longshore.schedule.BatchRig.Sent;
import io.longshore.spi.ExecutionItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Work of the background of several models on one machine, which online requests share with it. */
class BackgroundWorkTest {
    private static final int PROCESSORS = 2;

    private final SpareCapacity capacity = new SpareCapacity(PROCESSORS);
    private final List<Sent> sent = new ArrayList<>();
    private final List<ExecutionItem> running = new ArrayList<>();

    private BatchRig rig(int instances) {
        BatchRig rig = new BatchRig(instances, capacity, draft -> draft);
        rig.behaviour = running::add;
        return rig;
    }

    private Sent submit(BatchRig rig, RequestClass kind) {
        Sent one = rig.submit(kind, sent.size());
        sent.add(one);
        rig.executor.runAll();
        return one;
    }

    private void answerFirst(BatchRig... rigs) {
        BatchRig.compute(running.remove(0));
        for (BatchRig rig : rigs) {
            rig.executor.runAll();
        }
    }

    /** The first values of what is under way, in the order in which it began. */
    private List<Float> underWay() {
        return running.stream()
                .map(item -> BatchRig.floats(item.inputs().get(0))[0])
                .toList();
    }

    private void finish(BatchRig... rigs) throws Exception {
        while (!running.isEmpty()) {
            answerFirst(rigs);
        }
        sent.forEach(Sent::check);
        int over = 0;
        for (BatchRig rig : rigs) {
            over += rig.over.get();
            rig.closeAndCheck(rig.over.get());
        }
        assertThat(over).isEqualTo(sent.size());
        assertThat(capacity.underWay()).isZero();
    }

    @Test
    void allProcessorsAreUsed_andNoMore() throws Exception {
        BatchRig rig = rig(4);
        for (int i = 0; i < 4; i++) {
            submit(rig, RequestClass.BACKGROUND);
        }

        assertThat(underWay()).containsExactly(0f, 1f);
        answerFirst(rig);
        assertThat(underWay()).containsExactly(1f, 2f);
        finish(rig);
    }

    @Test
    void onlineRequestsToOtherModels_takeTheRoom() throws Exception {
        BatchRig online = rig(2);
        BatchRig offline = rig(2);
        submit(online, RequestClass.ONLINE);
        submit(online, RequestClass.ONLINE);
        submit(offline, RequestClass.BACKGROUND);

        assertThat(underWay()).containsExactly(0f, 1f);
        assertThat(offline.scheduler().waiting()).isOne();
        answerFirst(online, offline);
        assertThat(underWay()).containsExactly(1f, 2f);
        finish(online, offline);
    }

    @Test
    void onlineRequests_neverWaitForRoom() throws Exception {
        BatchRig online = rig(2);
        BatchRig offline = rig(2);
        submit(offline, RequestClass.BACKGROUND);
        submit(offline, RequestClass.BACKGROUND);
        submit(online, RequestClass.ONLINE);
        submit(offline, RequestClass.BACKGROUND);

        assertThat(underWay()).containsExactly(0f, 1f, 2f);
        answerFirst(online, offline);
        assertThat(underWay()).as("two are at work still").containsExactly(1f, 2f);
        finish(online, offline);
    }

    @Test
    void modelsWithBackgroundWork_takeTurns() throws Exception {
        BatchRig one = rig(PROCESSORS);
        BatchRig other = rig(PROCESSORS);
        for (int i = 0; i < 4; i++) {
            submit(one, RequestClass.BACKGROUND);
        }
        for (int i = 0; i < 2; i++) {
            submit(other, RequestClass.BACKGROUND);
        }
        List<Float> order = new ArrayList<>();
        while (!running.isEmpty()) {
            order.add(underWay().get(0));
            answerFirst(one, other);
        }

        assertThat(order).containsExactly(0f, 1f, 4f, 2f, 5f, 3f);
        finish(one, other);
    }

    @Test
    void requestsFromCodeInsideModels_needNoRoomAndTakeNone() throws Exception {
        BatchRig outer = rig(2);
        BatchRig inner = rig(2);
        submit(outer, RequestClass.BACKGROUND);
        submit(outer, RequestClass.BACKGROUND);
        submit(inner, RequestClass.NESTED);

        assertThat(underWay()).containsExactly(0f, 1f, 2f);
        assertThat(capacity.underWay()).isEqualTo(2);
        finish(outer, inner);
    }

    @Test
    void batches_areOfOneClass() throws Exception {
        BatchRig rig = new BatchRig(1, capacity, draft -> draft.dynamicBatching(batching(0)));
        rig.behaviour = running::add;
        submit(rig, RequestClass.ONLINE);
        for (RequestClass kind :
                List.of(RequestClass.BACKGROUND, RequestClass.ONLINE, RequestClass.BACKGROUND, RequestClass.NESTED)) {
            submit(rig, kind);
        }
        answerFirst(rig);
        answerFirst(rig);

        assertThat(rig.executed).containsExactly(1L, 2L, 2L);
        assertThat(underWay()).containsExactly(1f);
        finish(rig);
    }

    private static DynamicBatching batching(long delayNanos) {
        return new DynamicBatching(List.of(), Duration.ofNanos(delayNanos), false, 0, 0, Map.of());
    }

    @Test
    void delay_isKeptAndRoomLeftToOthersMeanwhile() throws Exception {
        BatchRig patient = new BatchRig(1, capacity, draft -> draft.dynamicBatching(batching(100)));
        patient.behaviour = running::add;
        BatchRig other = rig(2);
        submit(patient, RequestClass.BACKGROUND);
        submit(other, RequestClass.BACKGROUND);
        submit(other, RequestClass.BACKGROUND);
        assertThat(underWay()).containsExactly(1f, 2f);
        patient.delayer.advance(Duration.ofNanos(100));
        patient.executor.runAll();
        assertThat(underWay()).as("late, but without room").containsExactly(1f, 2f);
        answerFirst(other, patient);

        assertThat(underWay()).containsExactly(2f, 0f);
        finish(patient, other);
    }

    @Test
    void withdrawnWork_leavesItsTurnToOthers() throws Exception {
        BatchRig first = rig(1);
        BatchRig second = rig(1);
        BatchRig busy = rig(2);
        submit(busy, RequestClass.ONLINE);
        submit(busy, RequestClass.ONLINE);
        Sent withdrawn = submit(first, RequestClass.BACKGROUND);
        submit(second, RequestClass.BACKGROUND);
        withdrawn.request().cancel();
        sent.remove(withdrawn);
        answerFirst(busy, first, second);

        assertThat(withdrawn.sink().outcome()).isEqualTo("CANCELLED");
        assertThat(underWay()).containsExactly(1f, 3f);
        sent.add(withdrawn);
        while (!running.isEmpty()) {
            answerFirst(first, second, busy);
        }
        sent.remove(withdrawn);
        sent.forEach(Sent::check);
        first.closeAndCheck(1);
        second.closeAndCheck(1);
        busy.closeAndCheck(2);
        assertThat(capacity.underWay()).isZero();
    }

    @Test
    void instanceThatBreaks_takesNoRoomAlong() throws Exception {
        BatchRig rig = rig(1);
        rig.behaviour = item -> {
            throw new IllegalStateException("the fake model broke");
        };
        Sent failed = submit(rig, RequestClass.BACKGROUND);

        assertThat(failed.sink().failure()).isInstanceOf(InferenceException.class);
        assertThat(capacity.underWay()).isZero();
        rig.closeAndCheck(1);
    }
}
