package io.longshore.cli;

import java.lang.reflect.InvocationTargetException;

/**
 * Starts Open Liberty in this JVM. A second JVM would cost its start and its memory; Liberty's launcher is an ordinary main
 * class, which the start script puts on the class path, and which is named here because it is in no Maven artifact.
 */
final class LibertyServer {
    private static final String LAUNCHER = "com.ibm.ws.kernel.boot.cmdline.EnvCheck";
    private static final String SERVER_NAME = "longshore";

    private LibertyServer() {}

    /**
     * Runs the server until it is stopped; then Liberty ends the JVM with the server's exit status.
     *
     * @throws IllegalStateException where Liberty is not on the class path
     */
    static void run() {
        try {
            Class<?> launcher = Class.forName(LAUNCHER);
            launcher.getMethod("main", String[].class).invoke(null, (Object) new String[] {SERVER_NAME});
        } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException absent) {
            throw new IllegalStateException(
                    "Open Liberty's launcher is not on the class path; start with bin/longshore of the distribution",
                    absent);
        } catch (InvocationTargetException failed) {
            throw new IllegalStateException("Open Liberty's launcher failed", failed.getCause());
        }
    }
}
