package io.longshore.backend.java;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The classes and resources of a model's jars. Closing it closes the jars: resources are opened without the JDK's cache of
 * jar files, which would keep a file open, and an old content alive, beyond that.
 */
final class ModelClassLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    ModelClassLoader(String modelName, List<Path> jars, ClassLoader parent) {
        super("model-" + modelName, jars.stream().map(ModelClassLoader::url).toArray(URL[]::new), parent);
    }

    @Override
    public @Nullable URL findResource(String name) {
        URL found = super.findResource(name);
        return found == null ? null : uncached(found);
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        List<URL> found = Collections.list(super.findResources(name));
        return Collections.enumeration(
                found.stream().map(ModelClassLoader::uncached).toList());
    }

    private static URL uncached(URL url) {
        try {
            return new URL(null, url.toExternalForm(), new Uncached());
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens jar URLs as the JDK does, past its cache. */
    private static final class Uncached extends URLStreamHandler {
        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            URLConnection connection = new URL(url.toExternalForm()).openConnection();
            connection.setUseCaches(false);
            return connection;
        }
    }
}
