package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.longshore.model.ModelConfig;
import io.longshore.spi.BackendException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one model's session is set up: the configuration's parameters before the backend's settings before the defaults.
 *
 * <p>Default threads: the machine's cores divided among the instances, at least 1. Threads that wait for work sleep, where
 * the runtime's own default is to spin, because a server's models share the cores.
 *
 * @param executionMode {@code execution_mode}: 0 sequential, 1 parallel
 * @param intraOpThreads {@code intra_op_thread_count}
 * @param interOpThreads {@code inter_op_thread_count}
 * @param useGlobalThreadPool whether the session has no threads of its own
 * @param level {@code optimization.graph.level}
 * @param memoryArena {@code enable_mem_arena}; empty = as the runtime prefers
 * @param memoryPattern {@code enable_mem_pattern}; empty = as the runtime prefers
 * @param shrinkArena {@code memory.enable_memory_arena_shrinkage}: the arenas to shrink after each run; empty = none
 * @param entries the runtime's own {@code session.*} entries
 */
record SessionSettings(
        ExecutionMode executionMode,
        int intraOpThreads,
        int interOpThreads,
        boolean useGlobalThreadPool,
        OptLevel level,
        Optional<Boolean> memoryArena,
        Optional<Boolean> memoryPattern,
        String shrinkArena,
        Map<String, String> entries) {
    private static final String ENTRY_PREFIX = "session.";
    private static final String ALLOW_SPINNING = "session.intra_op.allow_spinning";

    /**
     * Reads a model's parameters.
     *
     * @param instanceCount instances that share the session
     * @param cores cores of the machine
     * @throws BackendException naming every value that cannot be read
     */
    static SessionSettings of(ModelConfig config, BackendSettings backend, int instanceCount, int cores)
            throws BackendException {
        List<String> problems = new ArrayList<>();
        SettingReader reader =
                new SettingReader("model '" + config.name() + "': parameter ", config.parameters(), problems);
        int fairShare = Math.max(1, cores / Math.max(1, instanceCount));
        SessionSettings settings = new SessionSettings(
                executionMode(reader),
                reader.count("intra_op_thread_count")
                        .orElse(backend.intraOpThreadCount().orElse(fairShare)),
                reader.count("inter_op_thread_count")
                        .orElse(backend.interOpThreadCount().orElse(1)),
                backend.useGlobalThreadPool(),
                level(config, problems),
                reader.flag("enable_mem_arena"),
                reader.flag("enable_mem_pattern"),
                config.parameters().getOrDefault("memory.enable_memory_arena_shrinkage", ""),
                sessionEntries(config.parameters()));
        SettingReader.throwIfAny(problems);
        return settings;
    }

    /**
     * The options for a session.
     *
     * @return to be closed after the session
     */
    SessionOptions toOptions() throws OrtException {
        SessionOptions options = new SessionOptions();
        try {
            fill(options);
            return options;
        } catch (OrtException e) {
            options.close();
            throw e;
        }
    }

    /**
     * What is wrong with the number of threads; empty where all instances at work at once find a core for each of theirs.
     *
     * @param instanceCount instances that share the session
     * @param cores cores of the machine
     */
    Optional<String> overcommitment(String model, int instanceCount, int cores) {
        int threads = useGlobalThreadPool ? 1 : intraOpThreads == 0 ? cores : intraOpThreads;
        long wanted = (long) threads * instanceCount;
        if (wanted <= cores) {
            return Optional.empty();
        }
        return Optional.of("model '" + model + "': " + instanceCount + " instances with " + threads
                + " threads for an operator each may want " + wanted + " cores, and there are " + cores
                + ", so runs will get in each other's way; have instance_group.count times intra_op_thread_count be at most "
                + cores + ", or leave both out");
    }

    private void fill(SessionOptions options) throws OrtException {
        // Failures come back as exceptions; the runtime's own log would repeat them on the standard error stream.
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        options.setExecutionMode(executionMode);
        options.setOptimizationLevel(level);
        if (useGlobalThreadPool) {
            options.disablePerSessionThreads();
        } else {
            options.setIntraOpNumThreads(intraOpThreads);
            options.setInterOpNumThreads(interOpThreads);
        }
        if (memoryArena.isPresent()) {
            options.setCPUArenaAllocator(memoryArena.get());
        }
        if (memoryPattern.isPresent()) {
            options.setMemoryPatternOptimization(memoryPattern.get());
        }
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            options.addConfigEntry(entry.getKey(), entry.getValue());
        }
    }

    private static ExecutionMode executionMode(SettingReader reader) {
        int mode = reader.count("execution_mode").orElse(0);
        if (mode > 1) {
            reader.problems()
                    .add(reader.prefix() + "execution_mode is 0 (sequential) or 1 (parallel), got '" + mode + "'");
        }
        return mode == 0 ? ExecutionMode.SEQUENTIAL : ExecutionMode.PARALLEL;
    }

    private static OptLevel level(ModelConfig config, List<String> problems) {
        int level = config.graphOptimizationLevel().orElse(0);
        return switch (level) {
            case -1 -> OptLevel.BASIC_OPT;
            case 0 -> OptLevel.ALL_OPT;
            case 1 -> OptLevel.EXTENDED_OPT;
            case 2 -> OptLevel.NO_OPT;
            default -> {
                problems.add("model '" + config.name() + "': optimization.graph.level is -1 (basic), 0 (all),"
                        + " 1 (extended) or 2 (none), got " + level);
                yield OptLevel.ALL_OPT;
            }
        };
    }

    private static Map<String, String> sessionEntries(Map<String, String> parameters) {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put(ALLOW_SPINNING, "0");
        parameters.forEach((name, value) -> {
            if (name.startsWith(ENTRY_PREFIX)) {
                entries.put(name, value);
            }
        });
        return entries;
    }
}
