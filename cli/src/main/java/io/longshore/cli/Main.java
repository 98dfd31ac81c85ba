package io.longshore.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Entry point of the {@code longshore} command. The start script has chosen the JVM and its options. */
public final class Main {
    /** Exit status of a command line that cannot be understood, as of most Unix commands. */
    static final int USAGE = 2;

    private static final String HOME_PROPERTY = "io.longshore.cli.home";

    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    /** A command that reads {@code environment} and writes to the two streams. */
    Main(Map<String, String> environment, PrintStream out, PrintStream err) {
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the command; ends the JVM with status 0, 2 for a faulty command line, or the server's own status.
     *
     * @param arguments the command and its options
     */
    public static void main(String[] arguments) {
        System.exit(new Main(System.getenv(), System.out, System.err).run(Arrays.asList(arguments)));
    }

    /** Runs the command and returns its exit status; {@code serve} returns only when it could not start. */
    int run(List<String> arguments) {
        String command = arguments.isEmpty() ? "--help" : arguments.get(0);
        List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
        return switch (command) {
            case "serve" -> rest.contains("--help") || rest.contains("-h") ? print(HelpText.serve()) : serve(rest);
            case "prepare" -> prepare(rest);
            case "--help", "-h", "help" -> print(HelpText.overview());
            case "--version" -> print("longshore " + version() + System.lineSeparator());
            default ->
                refuse(List.of("unknown command " + command + ": expected serve or prepare; see 'longshore --help'"));
        };
    }

    private int serve(List<String> options) {
        try {
            ServeCommand.Plan plan = new ServeCommand(environment, home()).plan(options);
            ServeCommand.checkAddress(plan.systemProperties());
            plan.notes().forEach(note -> err.println("longshore: " + note));
            plan.systemProperties().forEach(System::setProperty);
        } catch (UsageException faulty) {
            return refuse(faulty.problems());
        }
        LibertyServer.run();
        return 1;
    }

    private int prepare(List<String> options) {
        if (!options.isEmpty()) {
            return refuse(List.of("prepare takes no options, but got " + options.get(0)));
        }
        try {
            int port = Preparation.freePort();
            List<String> own = List.of(
                    "--http-address=127.0.0.1",
                    "--http-port=" + port,
                    "--grpc-port=" + Preparation.freePort(),
                    "--metrics-port=" + Preparation.freePort(),
                    "--exit-timeout-secs=5");
            new ServeCommand(Map.of(), home()).plan(own).systemProperties().forEach(System::setProperty);
            new Preparation(port, System::exit).start();
        } catch (UsageException faulty) {
            return refuse(faulty.problems());
        } catch (IOException noPort) {
            return refuse(List.of("cannot prepare: no free port (" + noPort + ")"));
        }
        LibertyServer.run();
        return 1;
    }

    private static Path home() {
        return Path.of(System.getProperty(HOME_PROPERTY, ".")).toAbsolutePath();
    }

    private int print(String text) {
        out.print(text);
        out.flush();
        return 0;
    }

    private int refuse(List<String> problems) {
        problems.forEach(problem -> err.println("longshore: " + problem));
        err.flush();
        return USAGE;
    }

    private static String version() {
        try (InputStream file = Main.class.getResourceAsStream("version.txt")) {
            return file == null ? "unknown" : new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            return "unknown (" + unreadable.getMessage() + ")";
        }
    }
}
