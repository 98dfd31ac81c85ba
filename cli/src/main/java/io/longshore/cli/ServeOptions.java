package io.longshore.cli;

import static io.longshore.cli.ServeOption.works;
import static io.longshore.cli.ValueKind.BOOLEAN;
import static io.longshore.cli.ValueKind.BYTES;
import static io.longshore.cli.ValueKind.COUNT;
import static io.longshore.cli.ValueKind.NAME;
import static io.longshore.cli.ValueKind.POSITIVE;
import static io.longshore.cli.ValueKind.SECONDS;
import static io.longshore.cli.ValueKind.TEXT;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The options of {@code serve} that work, and with {@link OptionsWithoutEffect} all of them. */
final class ServeOptions {
    /** The configuration file: an option of the launcher itself, which the server never sees. */
    static final String CONFIG_FILE_KEY = "longshore.config-file";

    /** The folders with models, separated by commas. */
    static final String MODEL_REPOSITORY_KEY = "longshore.model-repository";

    /** Whether HTTP is served. */
    static final String HTTP_ENABLED_KEY = "longshore.http.enabled";

    /** The address to listen on. */
    static final String HTTP_ADDRESS_KEY = "longshore.http.address";

    /** The port to listen on. */
    static final String HTTP_PORT_KEY = "longshore.http.port";

    /** text or json. */
    static final String LOG_FORMAT_KEY = "longshore.log-format";

    /** Verbosity, 0 for none. */
    static final String LOG_VERBOSE_KEY = "longshore.log-verbose";

    /** tritonserver's words, and Longshore's own. */
    private static final ValueKind LOG_FORMAT =
            ValueKind.oneOf(word -> "default".equals(word) ? "text" : word, "text", "json", "default", "ISO8601");

    private ServeOptions() {}

    /** Every option, in the groups and the order of the help. */
    static List<OptionGroup> groups() {
        List<OptionGroup> all = new ArrayList<>(List.of(
                repository(),
                uploads(),
                server(),
                http(),
                grpc(),
                GrpcOptions.security(),
                GrpcOptions.connections(),
                metrics(),
                TraceOptions.group(),
                logging(),
                scheduling(),
                CacheOptions.group(),
                rateLimiter(),
                OptionGroup.of("Backend", backend())));
        all.addAll(OptionsWithoutEffect.groups());
        return List.copyOf(all);
    }

    /** Every option, without the groups. */
    static List<ServeOption> all() {
        return groups().stream().flatMap(group -> group.options().stream()).toList();
    }

    /** The option that sets {@code key}. */
    static Optional<ServeOption> settingKey(String key) {
        return all().stream().filter(option -> key.equals(option.key())).findFirst();
    }

    private static OptionGroup repository() {
        String loaded = "Model to load at the start in explicit mode; repeatable, * for all.";
        return OptionGroup.of(
                "Model repository",
                works(
                                "model-repository",
                                ValueKind.EXISTING_PATH,
                                "the demo",
                                MODEL_REPOSITORY_KEY,
                                "Models; repeatable.")
                        .repeatable(","),
                works(
                                "model-store",
                                ValueKind.EXISTING_PATH,
                                "",
                                MODEL_REPOSITORY_KEY,
                                "Old name of --model-repository.")
                        .repeatable(","),
                works(
                        "model-name",
                        NAME,
                        "its folder or file",
                        "longshore.model-name",
                        "Name of a single model in place of a repository. Longshore's own."),
                works(
                        "model-control-mode",
                        ValueKind.oneOf("none", "poll", "explicit"),
                        "none",
                        "longshore.model-control-mode",
                        "Load all models once, follow the folder, or load on demand."),
                works("load-model", NAME, "none", "longshore.load-model", loaded)
                        .repeatable(","),
                works(
                        "repository-poll-secs",
                        POSITIVE,
                        "15",
                        "longshore.repository-poll-secs",
                        "Seconds between looks at the repository in poll mode."),
                works("model-load-thread-count", POSITIVE, "4", "longshore.model-load-thread-count", "Parallel loads."),
                works(
                        "model-load-retry-count",
                        COUNT,
                        "0",
                        "longshore.model-load-retry-count",
                        "Further attempts to load a model."),
                works(
                        "model-config-name",
                        NAME,
                        "config.pbtxt",
                        "longshore.model-config-name",
                        "Read configs/NAME.pbtxt of a model where it exists."),
                works(
                        "disable-auto-complete-config",
                        BOOLEAN,
                        "false",
                        "longshore.disable-auto-complete-config",
                        "Do not fill in a model's configuration from its file."));
    }

    private static OptionGroup uploads() {
        return OptionGroup.of(
                "Model upload",
                works(
                        "allow-model-upload",
                        BOOLEAN,
                        "false",
                        "longshore.allow-model-upload",
                        "Clients may load files that they bring, which is running their code. Longshore's own."),
                works(
                        "model-upload-limit",
                        BYTES,
                        "8589934592",
                        "longshore.model-upload-limit",
                        "Bytes of all files that clients have brought. Longshore's own."));
    }

    private static OptionGroup server() {
        return OptionGroup.of(
                "Server",
                works("id", NAME, "triton", "longshore.server-name", "Name of the server in its metadata."),
                works(
                        "strict-readiness",
                        BOOLEAN,
                        "true",
                        "longshore.strict-readiness",
                        "Ready only when every model is ready."),
                works(
                        "exit-on-error",
                        BOOLEAN,
                        "false",
                        "longshore.exit-on-error",
                        "Exit when a model fails to load at the start (tritonserver: true)."),
                works(
                        "exit-timeout-secs",
                        SECONDS,
                        "30",
                        "longshore.exit-timeout-secs",
                        "How long requests in flight may take after SIGTERM."),
                works(
                        "drain-grace-secs",
                        SECONDS,
                        "0",
                        "longshore.drain-grace-secs",
                        "How long new requests are still taken after SIGTERM, while not ready. Longshore's own."),
                works(
                        "config-file",
                        TEXT,
                        "etc/longshore.properties",
                        CONFIG_FILE_KEY,
                        "Properties file with longshore.* keys. Longshore's own."));
    }

    private static OptionGroup http() {
        return OptionGroup.of(
                "HTTP",
                works("allow-http", BOOLEAN, "true", HTTP_ENABLED_KEY, "Serve HTTP."),
                works("http-address", NAME, "127.0.0.1", HTTP_ADDRESS_KEY, "Address to listen on; 0.0.0.0 for all."),
                works("http-port", ValueKind.PORT, "8000", HTTP_PORT_KEY, "Port to listen on."),
                works(
                        "http-thread-count",
                        POSITIVE,
                        "16",
                        "longshore.http.thread-count",
                        "Threads kept for requests; more are added while all of them wait."),
                works(
                        "http-max-input-size",
                        BYTES,
                        "67108864",
                        "longshore.http.max-input-size",
                        "Largest request body, after decompression."),
                works(
                        "http-header-forward-pattern",
                        TEXT,
                        "none",
                        "longshore.http.header-forward-pattern",
                        "Headers handed to models as parameters: a regular expression for their names."),
                works(
                                "http-restricted-api",
                                ValueKind.RESTRICTION,
                                "none",
                                "longshore.http.restricted-api",
                                "Kinds of calls that need a header with a secret; repeatable.")
                        .repeatable(";"));
    }

    private static OptionGroup grpc() {
        return OptionGroup.of(
                "gRPC",
                works("allow-grpc", BOOLEAN, "true", "longshore.grpc.enabled", "Serve gRPC."),
                works("grpc-address", NAME, "as --http-address", "longshore.grpc.address", "Address to listen on."),
                works("grpc-port", ValueKind.PORT, "8001", "longshore.grpc.port", "Port to listen on."),
                works(
                        "grpc-header-forward-pattern",
                        TEXT,
                        "none",
                        "longshore.grpc.header-forward-pattern",
                        "Headers handed to models as parameters: a regular expression for their names."),
                works(
                        "grpc-infer-response-compression-level",
                        ValueKind.oneOf("none", "low", "medium", "high"),
                        "none",
                        "longshore.grpc.infer-response-compression-level",
                        "gzip for the responses of inference, fast to small."));
    }

    private static OptionGroup metrics() {
        return OptionGroup.of(
                "Metrics",
                works("allow-metrics", BOOLEAN, "true", "longshore.metrics.enabled", "Serve metrics."),
                works(
                        "allow-gpu-metrics",
                        BOOLEAN,
                        "true",
                        "longshore.metrics.gpu",
                        "Metrics of the GPUs, where there are any."),
                works("allow-cpu-metrics", BOOLEAN, "true", "longshore.metrics.cpu", "Metrics of the machine."),
                works(
                        "metrics-address",
                        NAME,
                        "as --http-address",
                        "longshore.metrics.address",
                        "Address to listen on."),
                works("metrics-port", ValueKind.PORT, "8002", "longshore.metrics.port", "Port to listen on."),
                works(
                        "metrics-interval-ms",
                        POSITIVE,
                        "2000",
                        "longshore.metrics.interval-ms",
                        "How old the machine's metrics may be, in milliseconds."),
                works(
                                "metrics-config",
                                ValueKind.SETTING,
                                "counter_latencies=true",
                                "longshore.metrics.config",
                                "Kinds of latency metrics; repeatable.")
                        .repeatable(";"));
    }

    private static OptionGroup logging() {
        return OptionGroup.of(
                "Logging",
                works(
                        "log-format",
                        LOG_FORMAT,
                        "text",
                        LOG_FORMAT_KEY,
                        "Plain lines (default is the same), those with times in ISO 8601, or one JSON object a line."),
                works("log-verbose", COUNT, "0", LOG_VERBOSE_KEY, "1 logs each step of a request, 2 also its tensors."),
                works("log-info", BOOLEAN, "true", "longshore.log-info", "Log messages of level info."),
                works("log-warning", BOOLEAN, "true", "longshore.log-warning", "Log warnings."),
                works("log-error", BOOLEAN, "true", "longshore.log-error", "Log errors."),
                works(
                        "log-file",
                        ValueKind.NEW_FILE,
                        "none",
                        "longshore.log-file",
                        "File that Longshore's lines are added to, in place of the console."));
    }

    private static OptionGroup scheduling() {
        return OptionGroup.of(
                "Limits",
                works(
                        "max-queue-size",
                        POSITIVE,
                        "8192",
                        "longshore.max-queue-size",
                        "Requests that may wait for one model. Longshore's own."),
                works(
                        "request-memory-limit",
                        BYTES,
                        "a quarter of the memory",
                        "longshore.request-memory-limit",
                        "Bytes of all requests in flight. Longshore's own."),
                works(
                        "allow-client-shm",
                        BOOLEAN,
                        "false",
                        "longshore.allow-client-shm",
                        "Let clients on this machine register shared memory."),
                works(
                        "stuck-after-seconds",
                        SECONDS,
                        "60",
                        "longshore.stuck-after-seconds",
                        "How long a model may work without an answer before it is unready, 0 for ever. Longshore's own."));
    }

    private static OptionGroup rateLimiter() {
        return OptionGroup.of(
                "Rate limiter",
                works(
                        "rate-limit",
                        ValueKind.oneOf("off", "execution_count"),
                        "off",
                        "longshore.rate-limit",
                        "Whether instances wait for the resources that their groups name."),
                works(
                                "rate-limit-resource",
                                ValueKind.RESOURCE,
                                "what one instance needs at most",
                                "longshore.rate-limit-resource",
                                "How many there are of a resource; repeatable.")
                        .repeatable(","));
    }

    private static ServeOption backend() {
        return works(
                        "backend-config",
                        ValueKind.BACKEND_SETTING,
                        "none",
                        "longshore.backend-config",
                        "Setting of a backend; repeatable.")
                .repeatable(";");
    }
}
