package io.longshore.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns the command line, the environment and the configuration file into the server's system properties. */
final class ServeCommand {
    /** This process serves nothing else, so it ends where the server finds a setting that it cannot use. */
    private static final String EXIT_ON_INVALID_CONFIG_KEY = "longshore.exit-on-invalid-config";

    private final Map<String, String> environment;
    private final Path home;

    /**
     * A command of the distribution in {@code home}.
     *
     * @param environment the environment of the process
     */
    ServeCommand(Map<String, String> environment, Path home) {
        this.environment = environment;
        this.home = home;
    }

    /**
     * The system properties to start the server with, and what to tell the user.
     *
     * @param systemProperties what the server gets
     * @param notes lines for the user
     */
    record Plan(Map<String, String> systemProperties, List<String> notes) {
        /** Copies both. */
        Plan {
            systemProperties = Map.copyOf(systemProperties);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Reads and checks everything.
     *
     * @param arguments the arguments after {@code serve}
     * @throws UsageException with every problem of the source that has one
     */
    Plan plan(List<String> arguments) throws UsageException {
        CommandLineOptions options = CommandLineOptions.parse(arguments);
        ConfigFile file = configFile(options);
        Settings settings = Settings.resolve(options.keys(), environment, file);
        Map<String, String> properties = new TreeMap<>(settings.asMap());
        if (!file.name().isEmpty()) {
            properties.put(ServeOptions.CONFIG_FILE_KEY, file.name());
        }
        properties.put(EXIT_ON_INVALID_CONFIG_KEY, "true");
        if (!properties.containsKey(ServeOptions.MODEL_REPOSITORY_KEY)) {
            properties.put(ServeOptions.MODEL_REPOSITORY_KEY, demo());
        }
        properties.putAll(LibertyLogging.properties(settings));
        properties.putAll(TraceOptions.telemetry(settings, environment));
        return new Plan(
                properties,
                options.withoutEffect().stream()
                        .map(flag -> flag + " has no effect yet")
                        .toList());
    }

    /**
     * Checks that the address can be listened on, because the server itself would stay up without it.
     *
     * @throws UsageException naming the address
     */
    static void checkAddress(Map<String, String> properties) throws UsageException {
        if ("false".equals(properties.get(ServeOptions.HTTP_ENABLED_KEY))) {
            return;
        }
        String host = properties.getOrDefault(ServeOptions.HTTP_ADDRESS_KEY, "127.0.0.1");
        int port = Integer.parseInt(properties.getOrDefault(ServeOptions.HTTP_PORT_KEY, "8000"));
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(
                    "*".equals(host)
                            ? new InetSocketAddress(port)
                            : new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (IOException taken) {
            throw new UsageException("cannot listen on " + host + ":" + port + " (" + taken.getMessage()
                    + "); choose another --http-address or --http-port");
        }
    }

    private ConfigFile configFile(CommandLineOptions options) throws UsageException {
        Optional<String> named = Optional.ofNullable(options.keys().get(ServeOptions.CONFIG_FILE_KEY))
                .or(() -> Optional.ofNullable(environment.get(Settings.variableOf(ServeOptions.CONFIG_FILE_KEY))));
        Path file = named.map(Path::of).orElse(home.resolve("etc").resolve("longshore.properties"));
        return named.isPresent() || Files.exists(file) ? ConfigFile.read(file.toAbsolutePath()) : ConfigFile.none();
    }

    private String demo() throws UsageException {
        Path models = home.resolve("models");
        if (!Files.isDirectory(models)) {
            throw new UsageException("this installation has no demo models in " + models
                    + "; name a model repository with --model-repository=<folder>");
        }
        return models.toString();
    }
}
