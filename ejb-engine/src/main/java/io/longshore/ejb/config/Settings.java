package io.longshore.ejb.config;

import io.longshore.ejb.config.LongshoreConfig.ControlMode;
import io.longshore.ejb.config.LongshoreConfig.RateLimitMode;
import io.longshore.inference.AccessRules;
import io.longshore.inference.GrpcTransport.Compression;
import io.longshore.inference.LogFormat;
import io.longshore.model.ResourceLimit;
import io.longshore.trace.TraceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Every key that the server knows. {@code docs/configuration.md} lists the same; a test compares the two. */
final class Settings {
    static final Setting<Optional<Path>> CONFIG_FILE = Setting.of(
            "longshore.config-file", "", "a readable properties file in UTF-8", SettingTypes::propertiesFile);

    static final Setting<List<Path>> MODEL_REPOSITORY = Setting.of(
            "longshore.model-repository",
            "",
            "existing folders or model files, separated by commas",
            SettingTypes::repositories);
    static final Setting<String> MODEL_NAME =
            Setting.of("longshore.model-name", "", "a name without / and \\", SettingTypes::modelName);
    static final Setting<ControlMode> MODEL_CONTROL_MODE = Setting.of(
            "longshore.model-control-mode", "none", "none, poll or explicit", SettingTypes.oneOf(ControlMode.class));
    static final Setting<List<String>> LOAD_MODEL = Setting.of(
            "longshore.load-model", "", "model names, separated by commas, or * alone", SettingTypes::modelNames);
    static final Setting<Duration> REPOSITORY_POLL_SECS = seconds("longshore.repository-poll-secs", "15", 1);
    static final Setting<Integer> MODEL_LOAD_THREAD_COUNT = integer("longshore.model-load-thread-count", "4", 1, 1024);
    static final Setting<Boolean> DISABLE_AUTO_COMPLETE_CONFIG = bool("longshore.disable-auto-complete-config");
    static final Setting<String> MODEL_CONFIG_NAME = Setting.of(
            "longshore.model-config-name", "", "a file name without folder and ending", SettingTypes::fileStem);

    static final Setting<Integer> MODEL_LOAD_RETRY_COUNT = integer("longshore.model-load-retry-count", "0", 0, 1000);
    static final Setting<Boolean> ALLOW_MODEL_UPLOAD = bool("longshore.allow-model-upload");
    static final Setting<Long> MODEL_UPLOAD_LIMIT = Setting.of(
            "longshore.model-upload-limit",
            "8589934592",
            "a number of bytes from 1 to " + Long.MAX_VALUE,
            SettingTypes::bytes);

    static final Setting<BackendSettings> BACKEND_CONFIG = Setting.of(
                    "longshore.backend-config",
                    "",
                    "entries 'backend,setting=value' or 'setting=value', separated by ';'",
                    SettingTypes::backendSettings)
            .secret();

    static final Setting<OptionalLong> REQUEST_MEMORY_LIMIT = Setting.of(
            "longshore.request-memory-limit",
            "",
            "a number of bytes from 1 to " + Long.MAX_VALUE,
            SettingTypes::optionalBytes);
    static final Setting<Integer> MAX_QUEUE_SIZE = integer("longshore.max-queue-size", "8192", 1, Integer.MAX_VALUE);
    static final Setting<Integer> EXECUTION_THREADS = integer("longshore.execution-threads", "256", 1, 65536);

    static final Setting<Boolean> ALLOW_CLIENT_SHM = bool("longshore.allow-client-shm");

    static final Setting<CacheConfig> CACHE_CONFIG =
            Setting.of("longshore.cache.config", "", CacheConfig.EXPECTED, CacheConfig::parse);

    static final Setting<Duration> STUCK_AFTER_SECONDS = seconds("longshore.stuck-after-seconds", "60", 0);
    static final Setting<RateLimitMode> RATE_LIMIT = Setting.of(
            "longshore.rate-limit", "off", "off or execution_count", SettingTypes.oneOf(RateLimitMode.class));
    static final Setting<List<ResourceLimit>> RATE_LIMIT_RESOURCE = Setting.of(
            "longshore.rate-limit-resource",
            "",
            "entries 'name:count' or 'name:count:device', separated by commas",
            ResourceLimits::parse);

    static final Setting<String> SERVER_NAME =
            Setting.of("longshore.server-name", "triton", "any text", SettingTypes::text);
    static final Setting<String> SERVER_ID = Setting.of("longshore.server-id", "", "any text", SettingTypes::text);
    static final Setting<Boolean> STRICT_READINESS =
            Setting.of("longshore.strict-readiness", "true", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);

    static final Setting<Duration> DRAIN_GRACE_SECS = seconds("longshore.drain-grace-secs", "0", 0);
    static final Setting<Duration> EXIT_TIMEOUT_SECS = seconds("longshore.exit-timeout-secs", "30", 0);
    static final Setting<Boolean> EXIT_ON_ERROR = bool("longshore.exit-on-error");
    static final Setting<Boolean> EXIT_ON_INVALID_CONFIG = bool("longshore.exit-on-invalid-config");

    static final Setting<Boolean> HTTP_ENABLED =
            Setting.of("longshore.http.enabled", "true", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);
    static final Setting<String> HTTP_ADDRESS =
            Setting.of("longshore.http.address", "127.0.0.1", "a host name or an address", SettingTypes::text);
    static final Setting<Integer> HTTP_PORT = integer("longshore.http.port", "8000", 1, 65535);
    static final Setting<Integer> HTTP_THREAD_COUNT = integer("longshore.http.thread-count", "16", 1, 65536);
    static final Setting<Long> HTTP_MAX_INPUT_SIZE = Setting.of(
            "longshore.http.max-input-size",
            "67108864",
            "a number of bytes from 1 to " + Long.MAX_VALUE,
            SettingTypes::bytes);
    static final Setting<String> HTTP_HEADER_FORWARD_PATTERN = pattern("longshore.http.header-forward-pattern");
    static final Setting<AccessRules> HTTP_RESTRICTED_API = Setting.of(
                    "longshore.http.restricted-api", "", Restrictions.EXPECTED, Restrictions.ofApis())
            .secret();

    static final Setting<Boolean> GRPC_ENABLED =
            Setting.of("longshore.grpc.enabled", "true", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);
    static final Setting<String> GRPC_ADDRESS =
            Setting.of("longshore.grpc.address", "", "a host name or an address", SettingTypes::text);
    static final Setting<Integer> GRPC_PORT = integer("longshore.grpc.port", "8001", 1, 65535);
    static final Setting<String> GRPC_HEADER_FORWARD_PATTERN = pattern("longshore.grpc.header-forward-pattern");
    static final Setting<Boolean> GRPC_USE_SSL = bool("longshore.grpc.use-ssl");
    static final Setting<Boolean> GRPC_USE_SSL_MUTUAL = bool("longshore.grpc.use-ssl-mutual");
    static final Setting<Optional<Path>> GRPC_SERVER_CERT = file("longshore.grpc.server-cert");
    static final Setting<Optional<Path>> GRPC_SERVER_KEY = file("longshore.grpc.server-key");
    static final Setting<Optional<Path>> GRPC_ROOT_CERT = file("longshore.grpc.root-cert");
    static final Setting<Duration> GRPC_KEEPALIVE_TIME = millis("longshore.grpc.keepalive-time", "7200000", 1);
    static final Setting<Duration> GRPC_KEEPALIVE_TIMEOUT = millis("longshore.grpc.keepalive-timeout", "20000", 1);
    static final Setting<Boolean> GRPC_KEEPALIVE_PERMIT_WITHOUT_CALLS =
            bool("longshore.grpc.keepalive-permit-without-calls");
    static final Setting<Duration> GRPC_MIN_RECV_PING_INTERVAL =
            millis("longshore.grpc.http2-min-recv-ping-interval-without-data", "300000", 0);
    static final Setting<Duration> GRPC_MAX_CONNECTION_AGE = millis("longshore.grpc.max-connection-age", "0", 0);
    static final Setting<Duration> GRPC_MAX_CONNECTION_AGE_GRACE =
            millis("longshore.grpc.max-connection-age-grace", "0", 0);
    static final Setting<Compression> GRPC_COMPRESSION_LEVEL = Setting.of(
            "longshore.grpc.infer-response-compression-level",
            "none",
            "none, low, medium or high",
            SettingTypes.oneOf(Compression.class));
    static final Setting<AccessRules> GRPC_RESTRICTED_PROTOCOL = Setting.of(
                    "longshore.grpc.restricted-protocol", "", Restrictions.EXPECTED, Restrictions.ofProtocols())
            .secret();

    static final Setting<Boolean> METRICS_ENABLED =
            Setting.of("longshore.metrics.enabled", "true", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);
    static final Setting<String> METRICS_ADDRESS =
            Setting.of("longshore.metrics.address", "", "a host name or an address", SettingTypes::text);
    static final Setting<Integer> METRICS_PORT = integer("longshore.metrics.port", "8002", 1, 65535);
    static final Setting<Integer> METRICS_INTERVAL_MS =
            integer("longshore.metrics.interval-ms", "2000", 1, Integer.MAX_VALUE);
    static final Setting<Boolean> METRICS_CPU =
            Setting.of("longshore.metrics.cpu", "true", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);
    static final Setting<Boolean> METRICS_GPU =
            Setting.of("longshore.metrics.gpu", "true", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);
    static final Setting<MetricsConfig> METRICS_CONFIG = Setting.of(
            "longshore.metrics.config",
            "",
            "entries 'counter_latencies=', 'histogram_latencies=' or 'summary_latencies=' with true or false, or"
                    + " 'summary_quantiles=quantile:error,...', separated by ';'",
            MetricsConfig::parse);

    static final Setting<TraceSettings> TRACE_CONFIG =
            Setting.of("longshore.trace.config", "", TraceConfig.EXPECTED, TraceConfig::parse);

    static final Setting<Boolean> LOG_INFO =
            Setting.of("longshore.log-info", "true", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);
    static final Setting<Boolean> LOG_WARNING =
            Setting.of("longshore.log-warning", "true", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);
    static final Setting<Boolean> LOG_ERROR =
            Setting.of("longshore.log-error", "true", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);
    static final Setting<String> LOG_FILE =
            Setting.of("longshore.log-file", "", "a file that can be written to", SettingTypes::logFile);
    static final Setting<LogFormat> LOG_FORMAT =
            Setting.of("longshore.log-format", "text", "text, ISO8601 or json", SettingTypes::logFormat);
    static final Setting<Integer> LOG_VERBOSE = integer("longshore.log-verbose", "0", 0, Integer.MAX_VALUE);

    /** All of them, in the order of the documentation. */
    static final List<Setting<?>> ALL = List.of(
            CONFIG_FILE,
            MODEL_REPOSITORY,
            MODEL_NAME,
            MODEL_CONTROL_MODE,
            LOAD_MODEL,
            REPOSITORY_POLL_SECS,
            MODEL_LOAD_THREAD_COUNT,
            DISABLE_AUTO_COMPLETE_CONFIG,
            MODEL_CONFIG_NAME,
            MODEL_LOAD_RETRY_COUNT,
            ALLOW_MODEL_UPLOAD,
            MODEL_UPLOAD_LIMIT,
            BACKEND_CONFIG,
            REQUEST_MEMORY_LIMIT,
            MAX_QUEUE_SIZE,
            EXECUTION_THREADS,
            ALLOW_CLIENT_SHM,
            CACHE_CONFIG,
            STUCK_AFTER_SECONDS,
            RATE_LIMIT,
            RATE_LIMIT_RESOURCE,
            SERVER_NAME,
            SERVER_ID,
            STRICT_READINESS,
            DRAIN_GRACE_SECS,
            EXIT_TIMEOUT_SECS,
            EXIT_ON_ERROR,
            EXIT_ON_INVALID_CONFIG,
            HTTP_ENABLED,
            HTTP_ADDRESS,
            HTTP_PORT,
            HTTP_THREAD_COUNT,
            HTTP_MAX_INPUT_SIZE,
            HTTP_HEADER_FORWARD_PATTERN,
            HTTP_RESTRICTED_API,
            GRPC_ENABLED,
            GRPC_ADDRESS,
            GRPC_PORT,
            GRPC_HEADER_FORWARD_PATTERN,
            GRPC_USE_SSL,
            GRPC_USE_SSL_MUTUAL,
            GRPC_SERVER_CERT,
            GRPC_SERVER_KEY,
            GRPC_ROOT_CERT,
            GRPC_KEEPALIVE_TIME,
            GRPC_KEEPALIVE_TIMEOUT,
            GRPC_KEEPALIVE_PERMIT_WITHOUT_CALLS,
            GRPC_MIN_RECV_PING_INTERVAL,
            GRPC_MAX_CONNECTION_AGE,
            GRPC_MAX_CONNECTION_AGE_GRACE,
            GRPC_COMPRESSION_LEVEL,
            GRPC_RESTRICTED_PROTOCOL,
            METRICS_ENABLED,
            METRICS_ADDRESS,
            METRICS_PORT,
            METRICS_INTERVAL_MS,
            METRICS_CPU,
            METRICS_GPU,
            METRICS_CONFIG,
            TRACE_CONFIG,
            LOG_FORMAT,
            LOG_VERBOSE,
            LOG_INFO,
            LOG_WARNING,
            LOG_ERROR,
            LOG_FILE);

    private Settings() {}

    private static Setting<Boolean> bool(String key) {
        return Setting.of(key, "false", SettingTypes.BOOLEAN_WORDS, SettingTypes::bool);
    }

    private static Setting<String> pattern(String key) {
        return Setting.of(key, "", "a regular expression of RE2", SettingTypes::headerPattern);
    }

    private static Setting<Integer> integer(String key, String defaultText, int min, int max) {
        return Setting.of(
                key,
                defaultText,
                "an integer from " + min + " to " + max,
                text -> SettingTypes.integer(text, min, max));
    }

    private static Setting<Optional<Path>> file(String key) {
        return Setting.of(key, "", "a file", SettingTypes::optionalPath);
    }

    private static Setting<Duration> millis(String key, String defaultText, int min) {
        return Setting.of(
                key,
                defaultText,
                "a number of milliseconds from " + min + " to " + Integer.MAX_VALUE,
                text -> Duration.ofMillis(SettingTypes.integer(text, min, Integer.MAX_VALUE)));
    }

    private static Setting<Duration> seconds(String key, String defaultText, int min) {
        return Setting.of(
                key,
                defaultText,
                "a number of seconds from " + min + " to " + Integer.MAX_VALUE,
                text -> Duration.ofSeconds(SettingTypes.integer(text, min, Integer.MAX_VALUE)));
    }
}
