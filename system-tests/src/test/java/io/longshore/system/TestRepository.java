package io.longshore.system;

import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Makes model repositories. */
record TestRepository(Path path) {
    /** Puts {@code simple} there under any name, configuration included. */
    TestRepository simple(String name) throws IOException {
        return onnx(name, 1, OnnxModels.simple()).config(name, "max_batch_size: 8");
    }

    /** Puts a model file there. */
    TestRepository onnx(String name, int version, OnnxGraph graph) throws IOException {
        return file(name + "/" + version + "/model.onnx", graph.toBytes());
    }

    TestRepository config(String name, String text) throws IOException {
        return file(name + "/config.pbtxt", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Puts a {@link SlowModel} there, with what else its configuration is to say. */
    TestRepository slow(String name, String more) throws IOException {
        javaModel(name, SlowModel.class);
        return config(
                name,
                "backend: \"java\" parameters { key: \"class\" value { string_value: \"" + SlowModel.class.getName()
                        + "\" } } " + more);
    }

    /** Puts a jar with one class of the tests there, as a model of the Java backend. */
    TestRepository javaModel(String name, Class<?> model) throws IOException {
        Path jar = Files.createDirectories(path.resolve(name).resolve("1")).resolve("model.jar");
        String entry = model.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream code = model.getClassLoader().getResourceAsStream(entry)) {
            out.putNextEntry(new JarEntry(entry));
            code.transferTo(out);
        }
        return config(
                name,
                "backend: \"java\" parameters { key: \"class\" value { string_value: \"" + model.getName() + "\" } }");
    }

    /** Writes a file in one step, so that nobody sees half of it. */
    TestRepository file(String relative, byte[] content) throws IOException {
        Path target = path.resolve(relative);
        Files.createDirectories(target.getParent());
        Path half = Files.createTempFile(path.getParent(), "half", ".tmp");
        Files.write(half, content);
        Files.move(half, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return this;
    }
}
