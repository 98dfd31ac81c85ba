package io.longshore.inference;

/** What the thread that calls {@link InferenceService#infer} may be used for. */
public enum CallerThread {
    /** It may run the model where an instance is idle, for about as long as handing the request over would cost. */
    FREELY,

    /**
     * Others wait for it, as for an event loop: it may run the model only where runs are known to be short, so that it is back
     * sooner than if it had woken another thread, and where the model cannot wait for anything but the processor.
     */
    BRIEFLY,

    /** It must not run a model. */
    NEVER
}
