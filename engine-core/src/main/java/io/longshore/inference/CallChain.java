package io.longshore.inference;

import java.util.ArrayList;
import java.util.List;

/**
 * The models whose code is waiting for a request, outermost first; empty for a request from outside. It turns a model that
 * calls itself, straight or through others, into an error instead of a deadlock.
 *
 * @param models names, outermost first
 */
public record CallChain(List<String> models) {
    /** The chain of a request from outside. */
    public static final CallChain ROOT = new CallChain(List.of());

    /** Models that may call each other in a row. */
    public static final int MAX_DEPTH = 16;

    public CallChain {
        models = List.copyOf(models);
    }

    /** This chain with {@code model} as the innermost caller. */
    public CallChain calledFrom(String model) {
        List<String> longer = new ArrayList<>(models);
        longer.add(model);
        return new CallChain(longer);
    }

    /**
     * Checks that {@code model} may be called at the end of this chain.
     *
     * @throws InferenceException INVALID_ARGUMENT if it is part of the chain already, or the chain is too long
     */
    public void checkMayCall(String model) {
        if (models.contains(model)) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "model '" + model + "' is called by itself: " + String.join(" -> ", models) + " -> " + model);
        }
        if (models.size() >= MAX_DEPTH) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "models call each other more than " + MAX_DEPTH + " deep: " + String.join(" -> ", models));
        }
    }
}
