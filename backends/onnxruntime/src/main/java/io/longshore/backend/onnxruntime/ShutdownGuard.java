package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * Keeps the native environment while the JVM shuts down.
 *
 * <p>The Java binding releases the environment in a shutdown hook of its own, at once, while the server still answers
 * what it accepted. Sessions opened after that fail, and with a global thread pool the process crashes in native code.
 * The environment counts its references and the binding's hook ends one, so a second one is taken here and never ended.
 * The public binding has no call for it; this is the one place that reaches into it. Where that fails (another version of
 * the binding) the server runs on without the guard and says so.
 */
final class ShutdownGuard {
    private static final Logger LOG = System.getLogger(ShutdownGuard.class.getName());

    private ShutdownGuard() {}

    /** Takes another reference to the environment, which must have been created before. */
    static void holdEnvironment(String name) {
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime", true, OrtEnvironment.class.getClassLoader())
                    .getDeclaredField("ortApiHandle");
            api.setAccessible(true);
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL.getValue(), name);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "ONNX Runtime stops as soon as the server begins to; requests that run then may fail",
                    e);
        }
    }
}
