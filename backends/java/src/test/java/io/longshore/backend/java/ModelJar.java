package io.longshore.backend.java;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.spi.ModelFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Makes the folder of a model whose code is a jar, in a temporary folder. */
final class ModelJar {
    private final Path modelFolder;
    private final Path classes;

    private ModelJar(Path modelFolder) {
        this.modelFolder = modelFolder;
        this.classes = modelFolder.resolveSibling(modelFolder.getFileName() + "-classes");
    }

    /** A model folder with an empty version folder. */
    static ModelJar in(Path modelFolder) throws IOException {
        ModelJar jar = new ModelJar(modelFolder);
        Files.createDirectories(jar.versionFolder());
        Files.createDirectories(jar.classes);
        return jar;
    }

    Path versionFolder() {
        return modelFolder.resolve("1");
    }

    ModelFiles files() {
        return new ModelFiles(modelFolder, versionFolder());
    }

    /** Compiles a source file into what the next jar holds. */
    ModelJar source(String className, String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        URI name = URI.create("string:///" + className.replace('.', '/') + ".java");
        JavaFileObject file = new SimpleJavaFileObject(name, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        List<String> options = List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        boolean compiled = compiler.getTask(messages, null, null, options, null, List.of(file))
                .call();
        assertThat(compiled).as(messages.toString()).isTrue();
        return this;
    }

    /** Adds a file to what the next jar holds. */
    ModelJar file(String name, String text) throws IOException {
        Path target = classes.resolve(name);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
        return this;
    }

    /** Removes a file from what the next jar holds. */
    ModelJar without(String name) throws IOException {
        Files.delete(classes.resolve(name));
        return this;
    }

    /** Writes a jar whose manifest names the model's class; empty = none. */
    ModelJar write(String jarName, String modelClass) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (!modelClass.isEmpty()) {
            manifest.getMainAttributes().putValue(CodeLocation.CLASS_ATTRIBUTE, modelClass);
        }
        try (OutputStream file = Files.newOutputStream(versionFolder().resolve(jarName));
                JarOutputStream jar = new JarOutputStream(file, manifest);
                Stream<Path> content = Files.walk(classes)) {
            for (Path path : content.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(path).toString()));
                Files.copy(path, jar);
            }
        }
        return this;
    }
}
