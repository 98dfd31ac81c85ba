package io.longshore.trace;

/**
 * The moments of a request that a trace records, by the names that Triton gives them.
 *
 * <p>Source: {@code docs/user_guide/trace.md} of Triton.
 */
public enum TraceActivity {
    /** The first byte of an HTTP request is at hand. */
    HTTP_RECV_START,
    /** The last one is. */
    HTTP_RECV_END,
    /** The server waits for a gRPC message. */
    GRPC_WAITREAD_START,
    /** The message is at hand. */
    GRPC_WAITREAD_END,
    /** The engine takes the request. */
    REQUEST_START,
    /** The request comes to its model's scheduler. */
    QUEUE_START,
    /** An instance of the model begins with it. */
    COMPUTE_START,
    /** Its inputs are where the framework wants them. */
    COMPUTE_INPUT_END,
    /** The framework has computed its outputs. */
    COMPUTE_OUTPUT_START,
    /** The outputs are the engine's. */
    COMPUTE_END,
    /** A response is complete. */
    INFER_RESPONSE_COMPLETE,
    /** The request has its last response, or its failure. */
    REQUEST_END,
    /** An HTTP answer begins to be written. */
    HTTP_SEND_START,
    /** The container has all of it. */
    HTTP_SEND_END,
    /** A gRPC response begins to be written. */
    GRPC_SEND_START,
    /** The transport has all of it. */
    GRPC_SEND_END
}
