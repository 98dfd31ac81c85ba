package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.RequestClass;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.model.ModelSelector;
import io.longshore.spi.FakeContext;
import io.longshore.tensor.CountingAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Interleavings of two threads on what the threads of a scheduler share, one step at a time. Each outcome must be one that some
 * order of the operations could have had, and at the end each request has ended once and nothing is left.
 */
class ScheduleLincheckTest {
    private static final int SCENARIOS = 4;
    private static final int SCHEDULES = 100;
    private static final ModelConfig CONFIG = SchedulerRig.config(draft -> draft);

    /** Plain, since a model checker would look into whatever else it calls. */
    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("not as it must be: " + what);
        }
    }

    private static PendingRequest request(RecordingSink sink, ExecutionStatistics statistics, RequestHold hold) {
        InferenceRequest request = new InferenceRequest(
                "", ModelSelector.latest("m"), List.of(), List.of(), Parameters.NONE, InferenceRequest.Options.DEFAULT);
        return new PendingRequest(request, List.of(), List.of(), sink, statistics.failures(), hold);
    }

    private static InferenceResponse response() {
        return new InferenceResponse("", new ModelId("m", 1), List.of(), Parameters.NONE);
    }

    private static long counted(ExecutionStatistics statistics) {
        return statistics.failures().counts().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /**
     * One request that is served once or refused, withdrawn by its client and ended by its deadline. Would show a second end at the sink,
     * an end after the hold's, a request that begins after it was withdrawn, and one that is never over.
     */
    public static class OneRequest {
        private final RecordingSink sink = new RecordingSink();
        private final ExecutionStatistics statistics = new ExecutionStatistics(CONFIG);
        private final AtomicInteger over = new AtomicInteger();
        private final AtomicInteger successes = new AtomicInteger();
        private final PendingRequest request = request(sink, statistics, this::end);
        private boolean taken;

        private void end() {
            over.incrementAndGet();
            require(sink.isEnded(), "the request was over before its answer's end was told");
        }

        /** Takes it out of the queue to fail it, as where no instance is left. */
        @Operation(nonParallelGroup = "instance")
        public void refuse() {
            if (!taken) {
                taken = true;
                request.reject(new InferenceException(ErrorCode.MODEL_FAILED, "no instance is left"));
            }
        }

        @Operation(nonParallelGroup = "instance")
        public boolean serve() {
            taken = true;
            boolean begun = request.begin();
            if (begun) {
                if (request.countsAsSuccess()) {
                    successes.incrementAndGet();
                }
                request.respond(response(), true);
                request.over();
            }
            return begun;
        }

        @Operation
        public void cancel() {
            request.cancel();
        }

        @Operation
        public void expire() {
            request.expire();
        }

        @Validate
        public void endedOnce() {
            request.cancel();
            require(sink.isEnded() && sink.violations() == 0, "the sink");
            require(over.get() == 1, "times over");
            require(successes.get() + counted(statistics) == 1, "times counted");
        }
    }

    /**
     * Three requests that take their answers in order. Would show an answer that overtakes another, one that is told twice, and
     * one that nobody tells because the thread at it stopped just before.
     */
    public static class Order {
        private static final int PLACES = 3;
        private final AnswerOrder order = new AnswerOrder();
        private final List<AnswerOrder.Place> places =
                IntStream.range(0, PLACES).mapToObj(i -> order.enter()).toList();
        private final AtomicInteger last = new AtomicInteger(-1);

        @Operation
        public void tell(@Param(gen = IntGen.class, conf = "0:2") int place) {
            places.get(place).tell(() -> {
                require(last.getAndSet(place) < place, "the order");
            });
        }

        @Operation
        public void leave(@Param(gen = IntGen.class, conf = "0:2") int place) {
            places.get(place).leave();
        }

        @Validate
        public void nothingIsHeld() {
            places.forEach(AnswerOrder.Place::leave);
            require(order.held() == 0, "answers that nobody tells");
        }
    }

    /**
     * An execution of two items that get their ends while the backend's call returns. Would show an item that takes two ends, an
     * end that is told twice or never, and an instance that is given back twice, never, or before the last end.
     */
    public static class Ends {
        private final List<RecordingSink> sinks = List.of(new RecordingSink(), new RecordingSink());
        private final ExecutionStatistics statistics = new ExecutionStatistics(CONFIG);
        private final AtomicInteger overs = new AtomicInteger();
        private final AtomicInteger given = new AtomicInteger();
        private final AtomicInteger returns = new AtomicInteger();
        private final RequestExecution execution;

        public Ends() {
            List<PendingRequest> requests = new ArrayList<>();
            for (RecordingSink sink : sinks) {
                PendingRequest request = request(sink, statistics, overs::incrementAndGet);
                request.begin();
                requests.add(request);
            }
            ExecutionTools tools = new ExecutionTools(
                    (asked, outputs, parameters) -> response(),
                    asked -> FakeContext.alone(new CountingAllocator()),
                    () -> 0,
                    statistics);
            execution = new RequestExecution(
                    requests, false, tools, StuckWatch.blind().newPlace(), over -> given.incrementAndGet());
        }

        @Operation
        public boolean answer(@Param(gen = IntGen.class, conf = "0:1") int index) {
            RequestItem item = execution.items().get(index);
            return execution.tryEnd(item, () -> item.request().respond(response(), true), false);
        }

        @Operation(nonParallelGroup = "backend")
        public void returned() {
            if (returns.getAndIncrement() == 0) {
                execution.returned();
            }
        }

        @Validate
        public void allIsToldOnce() {
            answer(0);
            answer(1);
            returned();
            require(given.get() == 1, "times that the instance came back");
            require(overs.get() == sinks.size(), "requests over");
            for (RecordingSink sink : sinks) {
                require(sink.isEnded() && sink.violations() == 0, "the sinks");
            }
        }
    }

    /**
     * Background work beside online executions on a machine with one processor. Would show work that waits beside room because an end
     * was not seen, and room that is counted as taken for ever.
     */
    public static class Room {
        private final SpareCapacity capacity = new SpareCapacity(1);
        private final CapacityShare share = new CapacityShare(capacity, this::run);
        private int wanted;
        private int ran;

        @Operation
        public void online() {
            capacity.begin(RequestClass.ONLINE);
            capacity.end(RequestClass.ONLINE);
            capacity.settle();
        }

        @Operation
        public void background() {
            synchronized (this) {
                wanted++;
            }
            run();
            capacity.settle();
        }

        private synchronized void run() {
            while (ran < wanted && capacity.tryBegin(share)) {
                ran++;
                capacity.end(RequestClass.BACKGROUND);
            }
            capacity.relax(share);
        }

        @Validate
        public void nobodyWaits() {
            require(ran == wanted, "work that waits beside room");
            require(capacity.underWay() == 0, "room that is taken");
        }
    }

    @Test
    void roomForTheBackground_isSeen() {
        modelCheck(Room.class);
    }

    @Test
    void oneRequest_endsOnce() {
        modelCheck(OneRequest.class);
    }

    @Test
    void answersInOrder_areToldOnce() {
        modelCheck(Order.class);
    }

    @Test
    void endsOfAnExecution_areToldOnceAndTheInstanceComesBack() {
        modelCheck(Ends.class);
    }

    private static void modelCheck(Class<?> subject) {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(0)
                .iterations(SCENARIOS)
                .invocationsPerIteration(SCHEDULES)
                .check(subject);
    }
}
