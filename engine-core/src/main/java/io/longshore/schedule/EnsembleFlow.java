package io.longshore.schedule;

import io.longshore.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The data flow of one request to an ensemble: which step runs when, and on which tensors. Pure and not thread-safe: it
 * knows no model, no thread and no clock.
 *
 * <p>Tensors that belong together are in one <em>frame</em>: what the request brought and what came of it is one, and each
 * response of a decoupled model begins another. A step runs once for each frame that has all its inputs. It runs on one
 * frame at a time, so frames stay in order at every step and answers come in the order of the responses that led to them.
 *
 * <p>The flow has one reference to each tensor that somebody still has to take, and ends it when the last of them has.
 */
final class EnsembleFlow {
    /** Frames that may wait for one step; a decoupled model that never stops must not fill the memory. */
    static final int MOST_WAITING = 16_384;

    private final EnsemblePlan plan;
    private final Set<Frame> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Lane> lanes = new ArrayList<>();
    private final Deque<List<Value>> answers = new ArrayDeque<>();
    private boolean aborted;

    EnsembleFlow(EnsemblePlan plan) {
        this.plan = plan;
        for (int number = 0; number < plan.size(); number++) {
            lanes.add(new Lane());
        }
    }

    /**
     * A tensor on its way.
     *
     * @param name what its taker calls it
     * @param tensor owned by whoever has the value; null where an optional input, or an output, was left out
     * @param batched whether whoever gave it has a batch dimension
     */
    record Value(String name, @Nullable Tensor tensor, boolean batched) {
        /** Ends the reference. */
        void release() {
            if (tensor != null) {
                tensor.release();
            }
        }
    }

    /**
     * A step that is to run.
     *
     * @param step its position
     * @param inputs under the names of the model's inputs; the taker of the run owns them
     */
    record Run(int step, Frame frame, List<Value> inputs) {
        /** Ends the references to the inputs of a run that does not take place. */
        void drop() {
            inputs.forEach(Value::release);
        }
    }

    /** Tensors that belong together, by their names in the ensemble. */
    static final class Frame {
        private final Map<String, Slot> slots = new HashMap<>();
        private boolean answered;
    }

    /** A tensor, and how often it is still to be taken. */
    private static final class Slot {
        private final Value value;
        private int left;

        Slot(Value value, int left) {
            this.value = value;
            this.left = left;
        }
    }

    /** The frames that wait for a step. */
    private static final class Lane {
        private final Deque<Frame> waiting = new ArrayDeque<>();
        private boolean running;
    }

    /**
     * Begins with what the request brings.
     *
     * @param inputs all the ensemble's inputs; taken over
     */
    void begin(List<Value> inputs) {
        put(new Frame(), inputs);
    }

    /**
     * Takes a step's response.
     *
     * @param outputs by the names of the model's outputs; taken over
     * @param batched whether the model has a batch dimension
     * @param decoupled whether the model may give more of them
     * @return false where more than {@link #MOST_WAITING} frames wait for a step, so that the flow is to be aborted
     */
    boolean respond(Run run, List<Tensor> outputs, boolean batched, boolean decoupled) {
        Map<String, String> names = plan.step(run.step()).outputMap();
        Map<String, Value> values = new HashMap<>();
        plan.usedOutputs(run.step())
                .forEach(output -> values.put(output, new Value(name(names, output), null, batched)));
        for (Tensor output : outputs) {
            Value open = values.get(output.name());
            if (open == null || open.tensor() != null) {
                output.release();
            } else {
                values.put(output.name(), new Value(open.name(), output, batched));
            }
        }
        return put(decoupled ? new Frame() : run.frame(), values.values());
    }

    private static String name(Map<String, String> names, String output) {
        return names.getOrDefault(output, output);
    }

    /** Notes that a step has had its last response. */
    void end(Run run) {
        lanes.get(run.step()).running = false;
    }

    private boolean put(Frame frame, Iterable<Value> values) {
        Set<Integer> candidates = new LinkedHashSet<>();
        for (Value value : values) {
            int uses = aborted || frame.slots.containsKey(value.name()) ? 0 : plan.uses(value.name());
            if (uses == 0) {
                value.release();
            } else {
                frame.slots.put(value.name(), new Slot(value, uses));
                candidates.addAll(plan.takers(value.name()));
            }
        }
        if (frame.slots.isEmpty()) {
            return true;
        }
        live.add(frame);
        answer(frame);
        return candidates.stream().allMatch(number -> offer(number, frame));
    }

    private boolean offer(int number, Frame frame) {
        if (!frame.slots.keySet().containsAll(plan.step(number).inputMap().values())) {
            return true;
        }
        Lane lane = lanes.get(number);
        lane.waiting.add(frame);
        return lane.waiting.size() <= MOST_WAITING;
    }

    /** Takes the wanted outputs out of a frame that has all of them. */
    private void answer(Frame frame) {
        if (!frame.answered && frame.slots.keySet().containsAll(plan.outputs())) {
            frame.answered = true;
            List<Value> outputs = new ArrayList<>();
            plan.outputs().forEach(output -> outputs.add(take(frame, output, output)));
            answers.add(outputs);
        }
    }

    /** One of the takers gets a tensor, under its own name for it. */
    private Value take(Frame frame, String tensor, String name) {
        Slot slot = frame.slots.get(tensor);
        if (slot == null) {
            throw new IllegalStateException("tensor '" + tensor + "' is not there");
        }
        Tensor held = slot.value.tensor();
        Tensor taken = held == null ? null : held.renamed(name);
        if (--slot.left == 0) {
            slot.value.release();
            frame.slots.remove(tensor);
            if (frame.slots.isEmpty()) {
                live.remove(frame);
            }
        }
        return new Value(name, taken, slot.value.batched());
    }

    /** The steps that are to run now, each at most once. */
    List<Run> takeReady() {
        List<Run> ready = new ArrayList<>();
        for (int number : plan.needed()) {
            Lane lane = lanes.get(number);
            Frame frame = lane.running ? null : lane.waiting.poll();
            if (frame != null) {
                lane.running = true;
                List<Value> inputs = new ArrayList<>();
                plan.step(number).inputMap().forEach((name, tensor) -> inputs.add(take(frame, tensor, name)));
                ready.add(new Run(number, frame, inputs));
            }
        }
        return ready;
    }

    /** The next complete set of wanted outputs, in their order, owned by the caller; null where there is none. */
    @Nullable
    List<Value> pollAnswer() {
        return answers.poll();
    }

    /** Whether nothing runs, and nothing waits to. */
    boolean isOver() {
        return lanes.stream().allMatch(lane -> !lane.running && lane.waiting.isEmpty());
    }

    /** Ends all references; what comes from now on is dropped. */
    void abort() {
        aborted = true;
        lanes.forEach(lane -> lane.waiting.clear());
        live.forEach(frame -> frame.slots.values().forEach(slot -> slot.value.release()));
        live.forEach(frame -> frame.slots.clear());
        live.clear();
        answers.forEach(answer -> answer.forEach(Value::release));
        answers.clear();
    }
}
