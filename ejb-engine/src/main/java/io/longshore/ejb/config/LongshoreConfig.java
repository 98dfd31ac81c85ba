package io.longshore.ejb.config;

import io.longshore.inference.AccessRules;
import io.longshore.inference.GrpcTransport;
import io.longshore.inference.LogSettings;
import io.longshore.model.ResourceLimit;
import io.longshore.trace.TraceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * All settings of the server, valid and immutable. {@code docs/configuration.md} explains each of them.
 *
 * @param repository where models come from and when they are loaded
 * @param backends settings for the frameworks
 * @param requests bounds on what requests may take
 * @param cache the responses that are kept for models that ask for it
 * @param instances what holds for the instances of all models
 * @param server what the server is called, and when it calls itself ready
 * @param shutdown how the server ends
 * @param http the address that the start line tells, and the bound on request bodies
 * @param grpc the gRPC endpoint
 * @param metrics the endpoint for metrics, and what it shows
 * @param trace which requests are traced from the start, and where to
 * @param logging what the log shows, where, and in which form
 */
public record LongshoreConfig(
        Repository repository,
        BackendSettings backends,
        Requests requests,
        CacheConfig cache,
        Instances instances,
        Server server,
        Shutdown shutdown,
        Http http,
        Grpc grpc,
        Metrics metrics,
        TraceSettings trace,
        LogSettings logging) {

    /**
     * Where models come from and when they are loaded.
     *
     * @param locations the model repositories, or single models in place of one; may be empty
     * @param modelName the name of a model in place of a repository; empty = as its file or folder is called
     * @param controlMode when models are loaded and unloaded
     * @param loadModels the models to load at the start in explicit mode; {@code *} alone stands for all
     * @param pollInterval time between two looks at the repository in poll mode
     * @param loadThreads models that are loaded at once, at most
     * @param autoCompleteConfig whether a backend fills what a model's configuration leaves open
     * @param configName the name, without ending, of the configuration file that is preferred to {@code config.pbtxt};
     *     empty = none
     * @param loadRetries how often a version that its backend failed to load is tried again
     * @param uploads models that clients bring with them
     */
    public record Repository(
            List<Path> locations,
            String modelName,
            ControlMode controlMode,
            List<String> loadModels,
            Duration pollInterval,
            int loadThreads,
            boolean autoCompleteConfig,
            String configName,
            int loadRetries,
            Uploads uploads) {
        public Repository {
            locations = List.copyOf(locations);
            loadModels = List.copyOf(loadModels);
        }
    }

    /**
     * Models that clients bring with them when they load them.
     *
     * @param allowed whether clients may
     * @param byteLimit bytes of all such files together
     */
    public record Uploads(boolean allowed, long byteLimit) {}

    /** When models are loaded and unloaded; the words of {@code --model-control-mode}. */
    public enum ControlMode {
        /** All at the start, then no change. */
        NONE,
        /** All at the start, then as the repository changes. */
        POLL,
        /** Those named at the start, then as clients ask. */
        EXPLICIT
    }

    /**
     * Bounds on what requests may take, and from where.
     *
     * @param memoryLimit bytes of all requests and responses in flight together
     * @param maxQueueSize requests that wait for one model, at most
     * @param executionThreads threads that run models for requests which had to wait, at most
     * @param clientSharedMemory whether clients may register shared memory
     */
    public record Requests(long memoryLimit, int maxQueueSize, int executionThreads, boolean clientSharedMemory) {}

    /**
     * What holds for the instances of all models.
     *
     * @param stuckAfter how long an execution may take before its instance counts as stuck; zero = never
     * @param rateLimit whether what instances need of resources is looked at
     * @param resources how much there is of some of these resources
     */
    public record Instances(Duration stuckAfter, RateLimitMode rateLimit, List<ResourceLimit> resources) {
        public Instances {
            resources = List.copyOf(resources);
        }
    }

    /** How turns are given to instances that share resources; the words of {@code --rate-limit}. */
    public enum RateLimitMode {
        /** Every instance runs as soon as it has something to run. */
        OFF,
        /** An instance runs when what it needs is free, in the order of how often each ran, by its priority. */
        EXECUTION_COUNT
    }

    /**
     * What the server is called, and when it calls itself ready.
     *
     * @param name the name in the server metadata
     * @param id a name for this process among its replicas, told in the start line; empty = none
     * @param strictReadiness whether the server is ready only if every model is
     */
    public record Server(String name, String id, boolean strictReadiness) {}

    /**
     * How the server ends.
     *
     * @param drainGrace time between "not ready" and the first refused request
     * @param exitTimeout time for the requests in flight to end after that
     * @param exitOnError whether a model that fails at the start ends the process
     * @param exitOnInvalidConfig whether invalid settings end the process; otherwise only the application fails to start
     */
    public record Shutdown(
            Duration drainGrace, Duration exitTimeout, boolean exitOnError, boolean exitOnInvalidConfig) {}

    /**
     * The HTTP endpoint, which the server's own configuration opens.
     *
     * @param enabled whether there is one
     * @param address the address it listens on
     * @param port the port it listens on
     * @param threadCount the threads that it keeps for requests
     * @param maxInputSize the bytes that the body of one request may have, after decompression
     * @param headerForwardPattern matches the names of headers that become parameters; empty = none
     * @param access who may call what
     */
    public record Http(
            boolean enabled,
            String address,
            int port,
            int threadCount,
            long maxInputSize,
            String headerForwardPattern,
            AccessRules access) {}

    /**
     * The gRPC endpoint, which Longshore opens itself.
     *
     * @param enabled whether there is one
     * @param address the address it listens on
     * @param port the port it listens on
     * @param headerForwardPattern matches the names of headers that become parameters; empty = none
     * @param transport how its connections are treated
     * @param access who may call what
     */
    public record Grpc(
            boolean enabled,
            String address,
            int port,
            String headerForwardPattern,
            GrpcTransport transport,
            AccessRules access) {}

    /**
     * The endpoint for metrics, which Longshore opens itself, and what it shows.
     *
     * @param enabled whether there is one
     * @param address the address it listens on
     * @param port the port it listens on
     * @param interval how old readings of the machine may be
     * @param cpu whether processors and memory of the machine are shown
     * @param gpu whether GPUs are shown, where there are any
     * @param config the kinds of latency metrics
     */
    public record Metrics(
            boolean enabled,
            String address,
            int port,
            Duration interval,
            boolean cpu,
            boolean gpu,
            MetricsConfig config) {}
}
