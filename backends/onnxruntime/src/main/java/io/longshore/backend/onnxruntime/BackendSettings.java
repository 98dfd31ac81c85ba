package io.longshore.backend.onnxruntime;

import io.longshore.spi.BackendException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The settings of this backend for all its models ({@code --backend-config=onnxruntime,NAME=VALUE}).
 *
 * @param useGlobalThreadPool {@code enable-global-threadpool}: one pool of threads for all models
 * @param intraOpThreadCount {@code intra_op_thread_count}: threads that work on one operator; empty = by the machine
 * @param interOpThreadCount {@code inter_op_thread_count}: operators that run at once; empty = by the machine
 * @param defaultMaxBatchSize {@code default-max-batch-size}: for models that can batch and do not say how many
 */
record BackendSettings(
        boolean useGlobalThreadPool,
        OptionalInt intraOpThreadCount,
        OptionalInt interOpThreadCount,
        OptionalInt defaultMaxBatchSize) {

    /**
     * Reads settings by their names; names that are not this backend's are passed over, as Triton does.
     *
     * @throws BackendException naming every value that cannot be read
     */
    static BackendSettings of(Map<String, String> values) throws BackendException {
        List<String> problems = new ArrayList<>();
        SettingReader reader = new SettingReader("--backend-config=onnxruntime,", values, problems);
        BackendSettings settings = new BackendSettings(
                reader.flag("enable-global-threadpool").orElse(false),
                reader.count("intra_op_thread_count"),
                reader.count("inter_op_thread_count"),
                reader.count("default-max-batch-size"));
        SettingReader.throwIfAny(problems);
        return settings;
    }
}
