package io.longshore.ejb.config;

import io.longshore.ejb.config.LongshoreConfig.ControlMode;
import io.longshore.inference.GrpcTransport;
import io.longshore.inference.LogSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.config.Config;

/** Reads and checks all settings at once. Not thread-safe; one reader reads once. */
public final class ConfigReader {
    private final ConfigValues values;
    private final LongSupplier machineMemory;
    private final List<String> problems = new ArrayList<>();

    ConfigReader(ConfigValues values, LongSupplier machineMemory) {
        this.values = values;
        this.machineMemory = machineMemory;
    }

    /** Reads from MicroProfile Config. */
    public ConfigReader(Config config) {
        this(new MicroProfileValues(config), MachineMemory::totalBytes);
    }

    /**
     * The settings.
     *
     * @throws InvalidConfigException naming every problem
     */
    public LongshoreConfig read() {
        value(Settings.CONFIG_FILE);
        LongshoreConfig config = new LongshoreConfig(
                repository(),
                value(Settings.BACKEND_CONFIG),
                requests(),
                value(Settings.CACHE_CONFIG),
                new LongshoreConfig.Instances(
                        value(Settings.STUCK_AFTER_SECONDS),
                        value(Settings.RATE_LIMIT),
                        value(Settings.RATE_LIMIT_RESOURCE)),
                new LongshoreConfig.Server(
                        value(Settings.SERVER_NAME), value(Settings.SERVER_ID), value(Settings.STRICT_READINESS)),
                shutdown(),
                http(),
                grpc(),
                metrics(),
                value(Settings.TRACE_CONFIG),
                logging());
        checkLoadModel(config.repository());
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return config;
    }

    /** A warning for each name that looks like a setting and is none. */
    public List<String> warnings() {
        return UnknownKeys.warnings(values.names());
    }

    /** Whether invalid settings are to end the process; false if this very setting is invalid. */
    public boolean exitsOnInvalidConfig() {
        return new ConfigReader(values, machineMemory).value(Settings.EXIT_ON_INVALID_CONFIG);
    }

    private LongshoreConfig.Repository repository() {
        return new LongshoreConfig.Repository(
                value(Settings.MODEL_REPOSITORY),
                value(Settings.MODEL_NAME),
                value(Settings.MODEL_CONTROL_MODE),
                value(Settings.LOAD_MODEL),
                value(Settings.REPOSITORY_POLL_SECS),
                value(Settings.MODEL_LOAD_THREAD_COUNT),
                !value(Settings.DISABLE_AUTO_COMPLETE_CONFIG),
                value(Settings.MODEL_CONFIG_NAME),
                value(Settings.MODEL_LOAD_RETRY_COUNT),
                new LongshoreConfig.Uploads(value(Settings.ALLOW_MODEL_UPLOAD), value(Settings.MODEL_UPLOAD_LIMIT)));
    }

    private LongshoreConfig.Requests requests() {
        long memoryLimit = value(Settings.REQUEST_MEMORY_LIMIT).orElseGet(() -> machineMemory.getAsLong() / 4);
        return new LongshoreConfig.Requests(
                memoryLimit,
                value(Settings.MAX_QUEUE_SIZE),
                value(Settings.EXECUTION_THREADS),
                value(Settings.ALLOW_CLIENT_SHM));
    }

    private LongshoreConfig.Shutdown shutdown() {
        return new LongshoreConfig.Shutdown(
                value(Settings.DRAIN_GRACE_SECS),
                value(Settings.EXIT_TIMEOUT_SECS),
                value(Settings.EXIT_ON_ERROR),
                value(Settings.EXIT_ON_INVALID_CONFIG));
    }

    private LongshoreConfig.Http http() {
        return new LongshoreConfig.Http(
                value(Settings.HTTP_ENABLED),
                value(Settings.HTTP_ADDRESS),
                value(Settings.HTTP_PORT),
                value(Settings.HTTP_THREAD_COUNT),
                value(Settings.HTTP_MAX_INPUT_SIZE),
                value(Settings.HTTP_HEADER_FORWARD_PATTERN),
                value(Settings.HTTP_RESTRICTED_API));
    }

    private LongshoreConfig.Grpc grpc() {
        return new LongshoreConfig.Grpc(
                value(Settings.GRPC_ENABLED),
                addressOr(Settings.GRPC_ADDRESS),
                value(Settings.GRPC_PORT),
                value(Settings.GRPC_HEADER_FORWARD_PATTERN),
                transport(),
                value(Settings.GRPC_RESTRICTED_PROTOCOL));
    }

    private GrpcTransport transport() {
        GrpcTransport.Keepalive keepalive = new GrpcTransport.Keepalive(
                value(Settings.GRPC_KEEPALIVE_TIME),
                value(Settings.GRPC_KEEPALIVE_TIMEOUT),
                value(Settings.GRPC_KEEPALIVE_PERMIT_WITHOUT_CALLS),
                value(Settings.GRPC_MIN_RECV_PING_INTERVAL));
        return new GrpcTransport(
                tls(),
                keepalive,
                new GrpcTransport.Age(
                        positive(value(Settings.GRPC_MAX_CONNECTION_AGE)),
                        positive(value(Settings.GRPC_MAX_CONNECTION_AGE_GRACE))),
                value(Settings.GRPC_COMPRESSION_LEVEL));
    }

    private static Optional<Duration> positive(Duration time) {
        return time.isZero() ? Optional.empty() : Optional.of(time);
    }

    private Optional<GrpcTransport.Tls> tls() {
        TlsSettings tls = new TlsSettings(
                value(Settings.GRPC_USE_SSL),
                value(Settings.GRPC_USE_SSL_MUTUAL),
                value(Settings.GRPC_SERVER_CERT),
                value(Settings.GRPC_SERVER_KEY),
                value(Settings.GRPC_ROOT_CERT));
        List<String> found = tls.problems();
        problems.addAll(found);
        return found.isEmpty() ? tls.files() : Optional.empty();
    }

    private LongshoreConfig.Metrics metrics() {
        return new LongshoreConfig.Metrics(
                value(Settings.METRICS_ENABLED),
                addressOr(Settings.METRICS_ADDRESS),
                value(Settings.METRICS_PORT),
                Duration.ofMillis(value(Settings.METRICS_INTERVAL_MS)),
                value(Settings.METRICS_CPU),
                value(Settings.METRICS_GPU),
                value(Settings.METRICS_CONFIG));
    }

    private LogSettings logging() {
        return new LogSettings(
                value(Settings.LOG_FILE),
                value(Settings.LOG_INFO),
                value(Settings.LOG_WARNING),
                value(Settings.LOG_ERROR),
                value(Settings.LOG_VERBOSE),
                value(Settings.LOG_FORMAT));
    }

    /** The address of an endpoint; that of HTTP where none is given. */
    private String addressOr(Setting<String> setting) {
        String address = value(setting);
        return address.isEmpty() ? value(Settings.HTTP_ADDRESS) : address;
    }

    private void checkLoadModel(LongshoreConfig.Repository repository) {
        if (!repository.loadModels().isEmpty() && repository.controlMode() != ControlMode.EXPLICIT) {
            problems.add(Settings.LOAD_MODEL.key() + ": has no effect unless " + Settings.MODEL_CONTROL_MODE.key()
                    + " is 'explicit'; set that, or leave this out");
        }
    }

    /** The value; the default, and a problem on the list, where the text is none. */
    private <T> T value(Setting<T> setting) {
        Optional<ConfigValues.Value> given = values.find(setting.key());
        if (given.isPresent()) {
            try {
                return setting.parser().apply(given.get().text());
            } catch (IllegalArgumentException e) {
                problems.add(problem(setting, given.get(), e));
            }
        }
        return setting.defaultValue();
    }

    private static String problem(Setting<?> setting, ConfigValues.Value given, IllegalArgumentException failure) {
        String value = setting.isSecret() ? "the value (not shown)" : "'" + given.text() + "'";
        String reason = String.valueOf(failure.getMessage());
        return setting.key() + ": " + value + " from " + given.origin() + " is invalid"
                + (reason.isEmpty() ? "" : " (" + reason + ")") + "; expected " + setting.expected() + "; default: "
                + (setting.defaultText().isEmpty() ? "none" : "'" + setting.defaultText() + "'");
    }
}
