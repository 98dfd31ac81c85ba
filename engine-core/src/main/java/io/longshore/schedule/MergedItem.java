package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several requests that a backend gets as one: with the rows of all behind each other, and with every output that any of
 * them wants. What the backend answers is taken apart, and each request gets its own rows of the outputs that it asked for.
 *
 * <p>A failure is every request's, unless the failed run may be repeated: then the execution is abandoned, so that its
 * requests can be tried in smaller batches and the one at fault fails alone.
 */
final class MergedItem implements Execution, ExecutionItem {
    private final RequestExecution execution;
    private final List<RequestItem> items;
    private final BatchAssembler assembler;
    private final boolean isRepeatable;
    /** The inputs of each request. */
    private final List<List<Tensor>> given;

    private final List<Tensor> inputs;
    /** Null where the requests are equally long. */
    private final @Nullable BatchLengths lengths;

    private final MergedContext context;
    private boolean responded;

    /**
     * @param execution of at least two requests, or of one where the assembler is for such too
     * @param isRepeatable whether the execution may be abandoned if it fails; that of one request never is
     * @throws io.longshore.tensor.MemoryBudgetExceededException if there is no memory for the assembled inputs
     * @throws IllegalArgumentException if they are more than one piece of memory holds
     */
    MergedItem(RequestExecution execution, BatchAssembler assembler, boolean isRepeatable) {
        this.execution = execution;
        this.items = execution.items();
        this.assembler = assembler;
        this.isRepeatable = isRepeatable && items.size() > 1;
        this.context = new MergedContext(items);
        this.given = items.stream().map(RequestItem::inputs).toList();
        this.lengths = assembler.lengths(given);
        this.inputs = assembler.assemble(given, lengths);
    }

    @Override
    public List<MergedItem> items() {
        return List.of(this);
    }

    /** Empty, since it is no single request's. */
    @Override
    public String requestId() {
        return "";
    }

    @Override
    public List<Tensor> inputs() {
        return inputs;
    }

    /** None: a backend that reads parameters takes its requests item by item. */
    @Override
    public Parameters parameters() {
        return Parameters.NONE;
    }

    @Override
    public List<String> outputs() {
        List<String> first = items.get(0).outputs();
        if (items.stream().allMatch(item -> item.outputs().equals(first))) {
            return first;
        }
        Set<String> wanted = new LinkedHashSet<>();
        items.forEach(item -> wanted.addAll(item.outputs()));
        return List.copyOf(wanted);
    }

    @Override
    public InferenceContext context() {
        return context;
    }

    @Override
    public void inputsReady() {
        long now = execution.now();
        items.forEach(item -> item.inputsReady(now));
    }

    @Override
    public void outputsBegun() {
        long now = execution.now();
        items.forEach(item -> item.outputsBegun(now));
    }

    @Override
    public void respond(List<Tensor> outputs, Parameters parameters, boolean isFinal) {
        if (execution.isEnded(items.get(0))) {
            outputs.forEach(Tensor::release);
            throw RequestItem.ended();
        }
        List<List<Tensor>> parts;
        try {
            assembler.checkLengths(outputs, lengths);
        } catch (InferenceException e) {
            // Its configuration does not fit the model: to run each alone would hide that.
            outputs.forEach(Tensor::release);
            items.forEach(item -> item.fail(e));
            return;
        }
        try {
            parts = outputs.isEmpty()
                    ? items.stream().map(item -> List.<Tensor>of()).toList()
                    : assembler.disassemble(outputs, rows(), given, lengths);
        } catch (InferenceException e) {
            fail(e);
            return;
        } catch (MemoryBudgetExceededException e) {
            fail(new InferenceException(ErrorCode.UNAVAILABLE, String.valueOf(e.getMessage()), e));
            return;
        }
        responded = true;
        for (int i = 0; i < items.size(); i++) {
            items.get(i).respond(wanted(items.get(i), parts.get(i)), parameters, isFinal);
        }
    }

    private long[] rows() {
        return items.stream().mapToLong(RequestItem::rows).toArray();
    }

    /** What an item asked for, in its order; the rest is released. */
    private static List<Tensor> wanted(RequestItem item, List<Tensor> part) {
        if (isJustWhatWasAskedFor(item.outputs(), part)) {
            return part;
        }
        Map<String, Tensor> byName = part.stream().collect(Collectors.toMap(Tensor::name, Function.identity()));
        List<Tensor> wanted = new ArrayList<>(part.size());
        for (String name : item.outputs()) {
            Tensor output = byName.remove(name);
            if (output != null) {
                wanted.add(output);
            }
        }
        byName.values().forEach(Tensor::release);
        return wanted;
    }

    private static boolean isJustWhatWasAskedFor(List<String> names, List<Tensor> part) {
        boolean same = names.size() == part.size();
        for (int i = 0; same && i < part.size(); i++) {
            same = part.get(i).name().equals(names.get(i));
        }
        return same;
    }

    @Override
    public void fail(InferenceException failure) {
        if (execution.isEnded(items.get(0))) {
            throw RequestItem.ended();
        }
        if (isRepeatable && !responded && !context.isCancelled()) {
            execution.abandon();
        } else {
            items.forEach(item -> item.fail(failure));
        }
    }

    /** Releases the assembled inputs. To be called once the execution is over. */
    void release() {
        inputs.forEach(Tensor::release);
    }
}
