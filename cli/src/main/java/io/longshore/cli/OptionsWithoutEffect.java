package io.longshore.cli;

import static io.longshore.cli.ServeOption.noEffectYet;
import static io.longshore.cli.ValueKind.BOOLEAN;
import static io.longshore.cli.ValueKind.COUNT;
import static io.longshore.cli.ValueKind.NAME;
import static io.longshore.cli.ValueKind.PORT;
import static io.longshore.cli.ValueKind.POSITIVE;
import static io.longshore.cli.ValueKind.TEXT;

import java.util.List;

/**
 * tritonserver's options that have no effect yet. They are accepted, so that a start line written for tritonserver starts
 * Longshore too; each one given is named in one line at the start. Names and defaults: tritonserver's own help.
 */
final class OptionsWithoutEffect {
    private OptionsWithoutEffect() {}

    /** The groups, in tritonserver's order. */
    static List<OptionGroup> groups() {
        return List.of(repository(), http(), grpc(), grpcConnections(), backends(), memory(), scheduling(), clouds());
    }

    private static OptionGroup repository() {
        return OptionGroup.of(
                "Model repository, no effect yet",
                noEffectYet("model-load-gpu-limit", TEXT, "none", "Part of a GPU's memory that models may fill."),
                noEffectYet("model-namespacing", BOOLEAN, "false", "Same model name in several repositories."),
                noEffectYet("strict-model-config", BOOLEAN, "false", "Old; see --disable-auto-complete-config."));
    }

    private static OptionGroup http() {
        return OptionGroup.of(
                "HTTP, no effect yet",
                noEffectYet("reuse-http-port", BOOLEAN, "false", "Share the port with another process."));
    }

    private static OptionGroup grpc() {
        return OptionGroup.of(
                "gRPC, no effect yet",
                noEffectYet("reuse-grpc-port", BOOLEAN, "false", "Share the port with another process."),
                noEffectYet("grpc-infer-thread-count", POSITIVE, "2", "Threads for inference calls."),
                noEffectYet("grpc-infer-allocation-pool-size", COUNT, "8", "Request objects kept for reuse."),
                noEffectYet("grpc-max-response-pool-size", COUNT, "unbounded", "Response objects kept for reuse."));
    }

    private static OptionGroup grpcConnections() {
        return OptionGroup.of(
                "gRPC connections, no effect yet",
                noEffectYet(
                        "grpc-http2-max-pings-without-data", COUNT, "2", "Pings of the server without data between."),
                noEffectYet(
                        "grpc-http2-max-ping-strikes", COUNT, "2", "Bad pings before the connection ends; always 2."));
    }

    private static OptionGroup backends() {
        return OptionGroup.of(
                "Backends and caches, no effect yet",
                noEffectYet("backend-directory", TEXT, "none", "Folder of backends as native libraries."),
                noEffectYet("repoagent-directory", TEXT, "none", "Folder of repository agents."),
                noEffectYet("cache-directory", TEXT, "none", "Folder of caches as native libraries."));
    }

    private static OptionGroup memory() {
        return OptionGroup.of(
                "Memory and devices, no effect yet",
                noEffectYet("pinned-memory-pool-byte-size", COUNT, "268435456", "Pinned memory for transfers."),
                noEffectYet("cuda-memory-pool-byte-size", TEXT, "67108864 a GPU", "GPU memory for tensors."),
                noEffectYet("cuda-virtual-address-size", TEXT, "none", "Address space for growing outputs."),
                noEffectYet("enable-peer-access", BOOLEAN, "true", "Copies between GPUs."),
                noEffectYet("min-supported-compute-capability", TEXT, "6.0", "Oldest GPU that is used."),
                noEffectYet("host-policy", TEXT, "none", "CPUs and memory near a device."));
    }

    private static OptionGroup scheduling() {
        return OptionGroup.of(
                "Scheduling, no effect yet",
                noEffectYet("buffer-manager-thread-count", COUNT, "0", "Threads that copy tensors."));
    }

    private static OptionGroup clouds() {
        return OptionGroup.of(
                "SageMaker and Vertex AI, no effect yet",
                noEffectYet("allow-sagemaker", BOOLEAN, "false", "Serve SageMaker's calls."),
                noEffectYet("sagemaker-port", PORT, "8080", "Port to listen on."),
                noEffectYet("sagemaker-safe-port-range", TEXT, "none", "Ports that models may use."),
                noEffectYet("sagemaker-thread-count", POSITIVE, "8", "Threads for requests."),
                noEffectYet("allow-vertex-ai", BOOLEAN, "false", "Serve Vertex AI's calls."),
                noEffectYet("vertex-ai-port", PORT, "8080", "Port to listen on."),
                noEffectYet("vertex-ai-thread-count", POSITIVE, "8", "Threads for requests."),
                noEffectYet("vertex-ai-default-model", NAME, "the only model", "Model of calls that name none."));
    }
}
