package io.longshore.backend.java;

import io.longshore.model.ModelConfig;

/**
 * The life of an object that is a model. A class implements {@link JavaModel} or {@link DecoupledJavaModel}, is public and
 * has a public constructor without arguments.
 *
 * <p>The server makes one object for each instance of the model ({@code instance_group}), opens it, gives it one request at
 * a time, and closes it when the model is unloaded. So an object's fields need no lock, though calls come from different
 * threads, one after the other. A class that declares itself {@link ModelDeclaration#shared()} is made once for all
 * instances and called by all of them at the same time.
 *
 * <p>While a method of the object runs, the thread's context class loader is that of the model's code.
 */
public interface ModelCode {
    /**
     * What the model is: its tensors, where {@code config.pbtxt} need not repeat them, and how it may be called. Called on
     * objects that are not opened, any number of times; must not take resources.
     *
     * @throws Exception if the model cannot be served; the message tells why
     */
    default ModelDeclaration declare(ModelSetup setup) throws Exception {
        return ModelDeclaration.NONE;
    }

    /**
     * Reads files, allocates, warms up. May take long. Called once, before the first request.
     *
     * @param setup where the model's files are and what it is lent
     * @param config the complete configuration
     * @throws Exception if the model cannot be served; the message tells why. {@link #close} is not called then
     */
    default void open(ModelSetup setup, ModelConfig config) throws Exception {}

    /**
     * Gives back what {@link #open} took. Called once, when no request is under way.
     *
     * @throws Exception is logged and has no other effect
     */
    default void close() throws Exception {}
}
