package io.longshore.schedule;

import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The execution of one request of a sequence: to the backend an item with controls and states among its inputs and outputs,
 * to the caller a plain one.
 */
final class SequenceItem implements Execution, ExecutionItem {
    private final RequestItem item;
    private final SequenceStates states;
    private final List<Tensor> inputs;
    private final List<Tensor> before;
    private List<Tensor> next = List.of();
    private boolean settled;

    /**
     * @param item the request
     * @param controls what tells the model about the sequence
     * @param before the sequence's states so far, taken over; empty at its start
     */
    SequenceItem(RequestItem item, SequenceStates states, List<Tensor> controls, List<Tensor> before) {
        this.item = item;
        this.states = states;
        this.before = before;
        this.inputs = new ArrayList<>(item.inputs());
        this.inputs.addAll(controls);
        this.inputs.addAll(before.isEmpty() ? states.initial() : before);
    }

    @Override
    public List<SequenceItem> items() {
        return List.of(this);
    }

    @Override
    public String requestId() {
        return item.requestId();
    }

    @Override
    public List<Tensor> inputs() {
        return inputs;
    }

    @Override
    public Parameters parameters() {
        return item.parameters();
    }

    @Override
    public List<String> outputs() {
        return states.isEmpty() ? item.outputs() : states.outputs(item.outputs());
    }

    @Override
    public InferenceContext context() {
        return item.context();
    }

    @Override
    public void inputsReady() {
        item.inputsReady();
    }

    @Override
    public void outputsBegun() {
        item.outputsBegun();
    }

    @Override
    public void respond(List<Tensor> outputs, Parameters parameters, boolean isFinal) {
        if (states.isEmpty()) {
            item.respond(outputs, parameters, isFinal);
            return;
        }
        if (item.isEnded()) {
            outputs.forEach(Tensor::release);
            throw RequestItem.ended();
        }
        try {
            keep(states.next(outputs));
        } catch (InferenceException e) {
            outputs.forEach(Tensor::release);
            item.fail(e);
            return;
        }
        item.respond(withoutStates(outputs), parameters, isFinal);
    }

    /** An instance may break, which settles the item, while another thread still answers it. */
    private synchronized void keep(List<Tensor> made) {
        if (settled) {
            made.forEach(Tensor::release);
        } else {
            next = made;
        }
    }

    private List<Tensor> withoutStates(List<Tensor> outputs) {
        List<Tensor> wanted = new ArrayList<>(outputs.size());
        for (Tensor output : outputs) {
            if (item.outputs().contains(output.name())) {
                wanted.add(output);
            } else {
                output.release();
            }
        }
        return wanted;
    }

    @Override
    public void fail(InferenceException failure) {
        item.fail(failure);
    }

    /**
     * Ends the references to the states that the request began with. To be called once its execution is over.
     *
     * @param keepsNext whether the sequence goes on; else what the request made of the states is released too
     * @return the states for the sequence's next request, which are the caller's
     */
    synchronized List<Tensor> settle(boolean keepsNext) {
        settled = true;
        before.forEach(Tensor::release);
        if (keepsNext) {
            return next;
        }
        next.forEach(Tensor::release);
        return List.of();
    }
}
