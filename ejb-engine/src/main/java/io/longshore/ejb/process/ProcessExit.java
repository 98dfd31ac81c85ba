package io.longshore.ejb.process;

/** Ends the process. */
@FunctionalInterface
public interface ProcessExit {
    /**
     * Ends this JVM in the ordinary way, with the shutdown hooks of the container, from a thread of its own: the hooks
     * stop the application, and so must not find its threads waiting for them.
     */
    ProcessExit JVM = code -> {
        Thread thread = new Thread(() -> System.exit(code), "longshore-exit");
        thread.setDaemon(true);
        thread.start();
    };

    /**
     * Begins the end and returns.
     *
     * @param code the exit code
     */
    void exit(int code);
}
