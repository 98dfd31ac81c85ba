package io.longshore.web.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ApiCategory;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestCategoriesTest {
    /** What is no call of the protocol: that there is a server, and its metrics. */
    private static final Set<String> OPEN = Set.of("/", "/metrics");

    @ParameterizedTest
    @CsvSource({
        "/v2, METADATA",
        "/v2/, METADATA",
        "/v2/health/live, HEALTH",
        "/v2/health/ready, HEALTH",
        "/v2/models, METADATA",
        "/v2/models/stats, STATISTICS",
        "/v2/models/m, METADATA",
        "/v2/models/m/versions/3, METADATA",
        "/v2/models/m/ready, HEALTH",
        "/v2/models/m/versions/3/ready, HEALTH",
        "/v2/models/m/config, MODEL_CONFIG",
        "/v2/models/m/versions/3/config, MODEL_CONFIG",
        "/v2/models/m/stats, STATISTICS",
        "/v2/models/m/infer, INFERENCE",
        "/v2/models/m/versions/3/infer, INFERENCE",
        "/v2/models/m/generate, INFERENCE",
        "/v2/models/m/versions/3/generate_stream, INFERENCE",
        "/v2/models/m/trace/setting, TRACE",
        "/v2/trace/setting, TRACE",
        "/v2/logging, LOGGING",
        "/v2/repository/index, MODEL_REPOSITORY",
        "/v2/repository/models/m/load, MODEL_REPOSITORY",
        "/v2/repository/r/models/m/unload, MODEL_REPOSITORY",
        "/v2/systemsharedmemory/status, SHARED_MEMORY",
        "/v2/cudasharedmemory/region/r/register, SHARED_MEMORY",
        "/v1/models, METADATA",
        "/v1/models/m:predict, INFERENCE",
    })
    void path_hasTritonsCategory(String path, ApiCategory category) {
        assertThat(RestCategories.of(path)).isEqualTo(category);
    }

    @ParameterizedTest
    @CsvSource({
        "//v2//models/m/infer/, INFERENCE",
        "/./v2/models/m/%69nfer, INFERENCE",
        "/%762/repository/index, MODEL_REPOSITORY",
        "/v2/models/versions/infer, INFERENCE",
        "/v2/models/m%2Finfer, METADATA",
    })
    void otherSpelling_isNoWayAround(String path, ApiCategory category) {
        assertThat(RestCategories.of(path)).isEqualTo(category);
    }

    @ParameterizedTest
    @CsvSource({
        "/, false",
        "/v2, false",
        "/v2/models/m/infer, false",
        "/v2/models/m.onnx/..x, false",
        "//v2, true",
        "/v2//models, true",
        "/v2/./models, true",
        "/v2/x/../models, true",
        "/v2/x/%2E%2e/models, true",
        "/v2/models/, true",
    })
    void pathThatNobodyServes_isCrooked(String path, boolean crooked) {
        assertThat(RestCategories.isCrooked(path)).isEqualTo(crooked);
    }

    @ParameterizedTest
    @CsvSource({"/", "/favicon.ico", "/v3/models", "/v2/unknown", "/.container-errors"})
    void pathOfNoCall_hasNoCategory(String path) {
        assertThat(RestCategories.of(path)).isNull();
    }

    @Test
    void everyPathOfTheResources_hasACategory() throws Exception {
        List<String> paths = new ArrayList<>();
        for (Class<?> resource : resources()) {
            for (Method method : resource.getDeclaredMethods()) {
                Path own = method.getAnnotation(Path.class);
                paths.add(resource.getAnnotation(Path.class).value() + (own == null ? "" : own.value()));
            }
        }

        assertThat(paths)
                .hasSizeGreaterThan(10)
                .map(RestCategoriesTest::example)
                .filteredOn(path -> !OPEN.contains(path))
                .allSatisfy(path -> assertThat(RestCategories.of(path)).as(path).isNotNull());
    }

    /** A path that the template is for: the first of several words, the version 1, any name. */
    private static String example(String template) {
        return template.replaceAll("\\{\\w+: *([a-z_]+)\\|[^}]*}", "$1")
                .replaceAll("\\{version[^}]*}", "1")
                .replaceAll("\\{[^}]*}", "name");
    }

    /** Every class of this module that serves a path. */
    private static List<Class<?>> resources() throws IOException {
        java.nio.file.Path root = java.nio.file.Path.of("target", "classes");
        try (Stream<java.nio.file.Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class"))
                    .map(file -> load(file.replace(".class", "").replace('/', '.')))
                    .filter(type -> type.isAnnotationPresent(Path.class))
                    .<Class<?>>map(type -> type)
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, RestCategoriesTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
