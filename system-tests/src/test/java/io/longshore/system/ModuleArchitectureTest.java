package io.longshore.system;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only one part of Longshore may know, over all modules that run in the server or beside it. */
class ModuleArchitectureTest {
    private static final int LONGEST_FILE = 500;
    private static final Path ROOT = Path.of(System.getProperty("longshore.root"));
    private static final List<String> MODULES = List.of(
            "engine-core",
            "v2-protocol",
            "backends/onnxruntime",
            "backends/java",
            "demo",
            "ejb-engine",
            "web-api",
            "cli");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        List<Path> compiled = MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve("target/classes"))
                .toList();
        assertThat(compiled).allSatisfy(folder -> assertThat(folder).isDirectory());
        classes = new ClassFileImporter().importPaths(compiled);
    }

    @ParameterizedTest(name = "{0} only in {1}")
    @CsvSource({
        "ai.onnxruntime..,               io.longshore.backend.onnxruntime..",
        "ai.djl..,                       io.longshore.demo..",
        "com.google.protobuf..,          io.longshore.protocol..|io.longshore.web.grpc",
        "io.grpc..,                      io.longshore.web.grpc",
        "io.prometheus..,                io.longshore.web.metrics",
        "com.fasterxml.jackson..,        io.longshore.protocol..",
        "jakarta.ws.rs..,                io.longshore.web..",
        "jakarta.servlet..,              io.longshore.web..",
        "org.eclipse.microprofile.health.., io.longshore.web..",
        "org.eclipse.microprofile.metrics.., io.longshore.web.metrics",
        "jakarta.ejb..,                  io.longshore.ejb",
        "jakarta.enterprise.concurrent.., io.longshore.ejb",
        "org.eclipse.microprofile.config.., io.longshore.ejb..",
        "picocli..,                      io.longshore.cli.."
    })
    void packageIsKnownInOnePlaceOnly(String known, String place) {
        noClasses()
                .that()
                .resideOutsideOfPackages(place.split("\\|"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(known)
                .check(classes);
    }

    @Test
    void everyPlaceIsReal() {
        // Were a package renamed, its rule above would forbid nothing any more.
        assertThat(classes.stream()
                        .map(each -> each.getPackageName())
                        .distinct()
                        .toList())
                .contains(
                        "io.longshore.backend.onnxruntime",
                        "io.longshore.demo",
                        "io.longshore.protocol.rest",
                        "io.longshore.web.rest",
                        "io.longshore.web.grpc",
                        "io.longshore.web.metrics",
                        "io.longshore.ejb",
                        "io.longshore.cli");
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.longshore.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void filesAreShortEnoughToRead() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            assertThat(files.filter(file -> file.toString().matches(".*/src/main/java/.*\\.java")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(lines(file)).isLessThanOrEqualTo(LONGEST_FILE));
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
