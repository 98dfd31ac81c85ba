package io.longshore.ejb.process;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * {@code sun.misc.Signal} by name. A class of the JDK that no standard promises may be missing, which every method tells
 * with a {@link ReflectiveOperationException}.
 */
final class SignalApi {
    private final Class<?> handlerType;
    private final MethodHandle constructor;
    private final MethodHandle install;
    private final MethodHandle getName;

    SignalApi() throws ReflectiveOperationException {
        ClassLoader jdk = ClassLoader.getPlatformClassLoader();
        Class<?> signal = Class.forName("sun.misc.Signal", true, jdk);
        handlerType = Class.forName("sun.misc.SignalHandler", true, jdk);
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        constructor = lookup.findConstructor(signal, MethodType.methodType(void.class, String.class));
        install = lookup.findStatic(signal, "handle", MethodType.methodType(handlerType, signal, handlerType));
        getName = lookup.findVirtual(signal, "getName", MethodType.methodType(String.class));
    }

    /**
     * A signal by its name without SIG.
     *
     * @throws IllegalArgumentException if the system has no such signal
     */
    Object signal(String name) throws ReflectiveOperationException {
        return call(constructor, name);
    }

    /**
     * Installs a handler.
     *
     * @return the handler before
     * @throws IllegalArgumentException if the JVM leaves this signal alone
     */
    Object install(Object signal, Object handler) throws ReflectiveOperationException {
        return call(install, signal, handler);
    }

    /** A handler that passes on the names of signals. */
    Object handler(Consumer<String> onSignal) {
        return Proxy.newProxyInstance(
                handlerType.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "handle" -> onSignal.accept((String) call(getName, arguments));
                        case "hashCode" -> {
                            return System.identityHashCode(proxy);
                        }
                        case "equals" -> {
                            return proxy == arguments[0];
                        }
                        default -> {
                            return "Longshore's signal handler";
                        }
                    }
                    return null;
                });
    }

    private static Object call(MethodHandle target, Object... arguments) throws ReflectiveOperationException {
        try {
            return target.invokeWithArguments(arguments);
        } catch (RuntimeException | ReflectiveOperationException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new ReflectiveOperationException(e);
        }
    }
}
