package io.longshore.engine;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.TraceControl;
import io.longshore.inference.Tracer;
import io.longshore.trace.CallerTrace;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceOutputs;
import io.longshore.trace.TraceSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The settings of tracing: those of the start, over them what was changed for all models, over that what was changed for
 * single ones. Thread-safe; changes come one after the other, and requests wait for none of them.
 */
public final class TraceRegistry implements Tracer, TraceControl, AutoCloseable {
    private static final String ALL = "";

    private final TraceSettings initial;
    private final TraceOutputs outputs;
    private final Predicate<String> models;
    private final AtomicLong ids = new AtomicLong();
    /** What was changed, by the model's name; guarded by this object's lock. */
    private final Map<String, Own> own = new HashMap<>();
    /** Of models that have settings of their own. */
    private final Map<String, TraceSampler> samplers = new ConcurrentHashMap<>();

    private volatile TraceSampler forAll;
    private volatile boolean on;

    /** Settings that were changed; empty = as they are one level up. */
    private record Own(
            Optional<Set<TraceLevel>> levels, Optional<Long> rate, Optional<Long> count, Optional<Long> logFrequency) {
        static final Own NOTHING = new Own(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        Own with(Change change) {
            return new Own(
                    change.levels().applyTo(levels),
                    change.rate().applyTo(rate),
                    change.count().applyTo(count),
                    change.logFrequency().applyTo(logFrequency));
        }

        TraceSettings over(TraceSettings above) {
            return new TraceSettings(
                    levels.orElse(above.levels()),
                    rate.orElse(above.rate()),
                    count.orElse(above.count()),
                    logFrequency.orElse(above.logFrequency()),
                    above.file(),
                    above.mode());
        }
    }

    /**
     * @param initial the settings of the start; with a {@linkplain TraceSettings#problem problem} nothing is traced
     * @param outputs where traces go
     * @param models whether a model of this name is ready
     */
    public TraceRegistry(TraceSettings initial, TraceOutputs outputs, Predicate<String> models) {
        this.initial = initial;
        this.outputs = outputs;
        this.models = models;
        this.forAll = sampler(initial);
        this.on = forAll.isOn();
    }

    private TraceSampler sampler(TraceSettings settings) {
        boolean works = settings.isOn() && settings.problem().isEmpty();
        return new TraceSampler(settings, ids::incrementAndGet, works ? outputs.open(settings) : null);
    }

    @Override
    public boolean isOn() {
        return on;
    }

    @Override
    public boolean heedsCallers() {
        return initial.mode() == TraceMode.OPENTELEMETRY;
    }

    @Override
    public @Nullable RequestTrace begin(String model, @Nullable CallerTrace caller) {
        return samplerOf(model).begin(model, caller);
    }

    private TraceSampler samplerOf(String model) {
        TraceSampler sampler = samplers.isEmpty() ? null : samplers.get(model);
        return sampler == null ? forAll : sampler;
    }

    @Override
    public TraceSettings settings(String model) {
        checkReady(model);
        return samplerOf(model).settings();
    }

    private void checkReady(String model) {
        if (!model.equals(ALL) && !models.test(model)) {
            throw invalid("Request for unknown model : " + model);
        }
    }

    @Override
    public synchronized TraceSettings change(String model, Change change) {
        checkReady(model);
        if (change.equals(Change.NONE)) {
            return samplerOf(model).settings();
        }
        Own changed = own.getOrDefault(model, Own.NOTHING).with(change);
        boolean isForAll = model.equals(ALL);
        TraceSettings global = (isForAll ? changed : own.getOrDefault(ALL, Own.NOTHING)).over(initial);
        check(global);
        if (isForAll) {
            samplers.keySet()
                    .forEach(each -> check(own.getOrDefault(each, Own.NOTHING).over(global)));
        } else {
            check(changed.over(global));
        }
        own.put(model, changed);
        if (isForAll) {
            replaceForAll(global);
        } else {
            replace(model, changed, global);
        }
        on = forAll.isOn() || samplers.values().stream().anyMatch(TraceSampler::isOn);
        return samplerOf(model).settings();
    }

    private static void check(TraceSettings settings) {
        if (!settings.problem().isEmpty()) {
            throw invalid("Attempting to set invalid trace setting :" + settings.problem());
        }
    }

    /** Those models whose settings are in part those for all models get new ones, too; the others count on. */
    private void replaceForAll(TraceSettings global) {
        TraceSettings last = forAll.initial();
        TraceSampler before = forAll;
        forAll = sampler(global);
        before.close();
        for (String model : Set.copyOf(samplers.keySet())) {
            Own changed = own.getOrDefault(model, Own.NOTHING);
            if (!changed.over(last).equals(changed.over(global))) {
                replace(model, changed, global);
            }
        }
    }

    private void replace(String model, Own changed, TraceSettings global) {
        TraceSampler before;
        if (changed.equals(Own.NOTHING)) {
            own.remove(model);
            before = samplers.remove(model);
        } else {
            before = samplers.put(model, sampler(changed.over(global)));
        }
        if (before != null) {
            before.close();
        }
    }

    private static InferenceException invalid(String message) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, message);
    }

    /** Traces nothing any more. */
    @Override
    public synchronized void close() {
        on = false;
        samplers.values().forEach(TraceSampler::close);
        samplers.clear();
        TraceSampler before = forAll;
        forAll = new TraceSampler(initial, ids::incrementAndGet, null);
        before.close();
    }
}
