package io.longshore.inference;

import io.longshore.model.ModelSelector;
import io.longshore.tensor.Tensor;
import io.longshore.trace.RequestTrace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request for inference, free of any protocol. Immutable, apart from the tensors' references.
 *
 * @param id the caller's name for it, or empty
 * @param model the model wanted
 * @param inputs the tensors; whoever holds the request owns one reference to each
 * @param outputs the outputs wanted; empty = all
 * @param parameters custom parameters for the backend or the model's code
 * @param options how it is to be scheduled
 */
public record InferenceRequest(
        String id,
        ModelSelector model,
        List<Tensor> inputs,
        List<RequestedOutput> outputs,
        Parameters parameters,
        Options options) {

    public InferenceRequest {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** A request without id, for all outputs, with default options. */
    public static InferenceRequest of(ModelSelector model, List<Tensor> inputs) {
        return new InferenceRequest("", model, inputs, List.of(), Parameters.NONE, Options.DEFAULT);
    }

    /** The same request with other parameters; the references move over. */
    public InferenceRequest withParameters(Parameters value) {
        return new InferenceRequest(id, model, inputs, outputs, value, options);
    }

    /** The same request, of which something is recorded; null = nothing is. The references move over. */
    public InferenceRequest withTrace(@Nullable RequestTrace trace) {
        return trace == null ? this : withOptions(options.withTrace(trace));
    }

    /** The same request with other options; the references move over. */
    public InferenceRequest withOptions(Options value) {
        return new InferenceRequest(id, model, inputs, outputs, parameters, value);
    }

    /** Ends the references to all inputs. */
    public void release() {
        for (Tensor input : inputs) {
            input.release();
        }
    }

    /**
     * How a request is to be scheduled.
     *
     * @param priority 0 = the model's default, else 1 is the highest (V2 schedule policy extension)
     * @param requestClass what it is for
     * @param deadline when it is no longer worth an answer
     * @param caller what the thread that calls {@link InferenceService#infer} may be used for
     * @param callChain the models whose code made this request
     * @param trace what is recorded of it; null = nothing
     */
    public record Options(
            int priority,
            RequestClass requestClass,
            Deadline deadline,
            CallerThread caller,
            CallChain callChain,
            @Nullable RequestTrace trace) {
        /** Online, default priority, no deadline, run by the caller where an instance is idle, from outside. */
        public static final Options DEFAULT =
                new Options(0, RequestClass.ONLINE, Deadline.NONE, CallerThread.FREELY, CallChain.ROOT, null);

        /** These options with a deadline. */
        public Options withDeadline(Deadline value) {
            return new Options(priority, requestClass, value, caller, callChain, trace);
        }

        /** These options for a thread of another kind. */
        public Options withCaller(CallerThread value) {
            return new Options(priority, requestClass, deadline, value, callChain, trace);
        }

        /** These options for a request made by the code of a model. */
        public Options withCallChain(CallChain value) {
            return new Options(priority, requestClass, deadline, caller, value, trace);
        }

        /** These options with a priority. */
        public Options withPriority(int value) {
            return new Options(value, requestClass, deadline, caller, callChain, trace);
        }

        /** These options for a request of another class. */
        public Options withRequestClass(RequestClass value) {
            return new Options(priority, value, deadline, caller, callChain, trace);
        }

        /** These options for a request of which something is recorded. */
        public Options withTrace(@Nullable RequestTrace value) {
            return new Options(priority, requestClass, deadline, caller, callChain, value);
        }
    }
}
