package io.longshore.backend.java;

import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The class of a model with the class loader it lives in. The loader of jars is a child of the one that loaded this
 * backend; a model without jars lives in the context class loader of the thread that loads it, which in a container is the
 * application's. Thread-safe.
 */
final class LoadedCode implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LoadedCode.class.getName());

    private final String modelName;
    private final ClassLoader loader;
    private final Class<? extends ModelCode> type;

    private LoadedCode(String modelName, ClassLoader loader, Class<? extends ModelCode> type) {
        this.modelName = modelName;
        this.loader = loader;
        this.type = type;
    }

    /**
     * Finds and loads the class.
     *
     * @param fileName {@code default_model_filename}
     * @throws BackendException if there is no such class, or it is not a model
     */
    static LoadedCode load(
            String modelName, Map<String, String> parameters, Optional<String> fileName, ModelFiles files)
            throws BackendException {
        CodeLocation location = new CodeLocation(modelName, files);
        List<Path> jars = location.jars(fileName);
        ClassLoader loader = jars.isEmpty()
                ? applicationLoader()
                : new ModelClassLoader(modelName, jars, LoadedCode.class.getClassLoader());
        try {
            Optional<String> named = Optional.ofNullable(parameters.get(CodeLocation.CLASS_PARAMETER));
            return new LoadedCode(
                    modelName, loader, modelClass(modelName, location.className(named, jars, loader), loader));
        } catch (BackendException | RuntimeException | Error e) {
            close(modelName, loader);
            throw e;
        }
    }

    private static ClassLoader applicationLoader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? LoadedCode.class.getClassLoader() : context;
    }

    private static Class<? extends ModelCode> modelClass(String modelName, String className, ClassLoader loader)
            throws BackendException {
        Class<?> found;
        try {
            found = Class.forName(className, false, loader);
        } catch (ClassNotFoundException e) {
            throw new BackendException(
                    "model '" + modelName + "': there is no class '" + className + "' in its jars nor in the server",
                    e);
        } catch (LinkageError e) {
            throw new BackendException(
                    "model '" + modelName + "': class '" + className + "' cannot be loaded: " + e, e);
        }
        if (JavaModel.class.isAssignableFrom(found) == DecoupledJavaModel.class.isAssignableFrom(found)) {
            throw new BackendException("model '" + modelName + "': class '" + className + "' must implement either "
                    + JavaModel.class.getName() + " or " + DecoupledJavaModel.class.getName());
        }
        return found.asSubclass(ModelCode.class);
    }

    /** Whether the class answers with any number of responses. */
    boolean isDecoupled() {
        return DecoupledJavaModel.class.isAssignableFrom(type);
    }

    /** A new object of the class, not opened. */
    ModelCode newObject() throws BackendException {
        return guarded("cannot be made", () -> {
            try {
                return type.getConstructor().newInstance();
            } catch (NoSuchMethodException e) {
                throw new IllegalArgumentException("it has no public constructor without arguments", e);
            }
        });
    }

    /**
     * Runs the model's code with the model's class loader, outside a request.
     *
     * @throws BackendException for anything that the code throws, errors included
     */
    <T> T guarded(String what, Callable<T> code) throws BackendException {
        try {
            return call(code);
        } catch (InvocationTargetException | ExceptionInInitializerError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new BackendException(problem(what, cause), cause);
        } catch (Throwable e) {
            throw new BackendException(problem(what, e), e);
        }
    }

    /** Runs the model's code with the model's class loader as the thread's. */
    <T> T call(Callable<T> code) throws Exception {
        @Nullable ClassLoader before = enter(loader);
        try {
            return code.call();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** Runs something that cannot fail, with the model's class loader as the thread's. */
    void run(Runnable code) {
        @Nullable ClassLoader before = enter(loader);
        try {
            code.run();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** Runs code of the server's from within the model's, so that the server never sees the model's class loader. */
    static void outside(Runnable code) {
        @Nullable ClassLoader before = enter(LoadedCode.class.getClassLoader());
        try {
            code.run();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** The server's threads for the model's code: a task sees the model's class loader, the thread itself never keeps it. */
    Executor lent(Executor threads) {
        return task -> outside(() -> threads.execute(() -> run(task)));
    }

    private static @Nullable ClassLoader enter(@Nullable ClassLoader loader) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        return before;
    }

    /** Closes an opened object; what goes wrong is logged. */
    void closeObject(ModelCode object) {
        try {
            guarded("cannot be closed", () -> {
                object.close();
                return object;
            });
        } catch (BackendException e) {
            LOG.log(Level.WARNING, e.getMessage(), e);
        }
    }

    /** Closes the jars. Classes that are loaded stay usable, others cannot be loaded any more. */
    @Override
    public void close() {
        close(modelName, loader);
    }

    private static void close(String modelName, ClassLoader loader) {
        if (loader instanceof ModelClassLoader own) {
            try {
                own.close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "model '" + modelName + "': its jars cannot be closed", e);
            }
        }
    }

    private String problem(String what, Throwable cause) {
        return "model '" + modelName + "': class '" + type.getName() + "' " + what + ": " + Failures.describe(cause);
    }
}
