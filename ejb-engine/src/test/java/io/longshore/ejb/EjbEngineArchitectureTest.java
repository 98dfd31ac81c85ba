package io.longshore.ejb;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The container stays in the shell: what configures, schedules and drains is plain Java. */
@AnalyzeClasses(packages = "io.longshore.ejb", importOptions = DoNotIncludeTests.class)
class EjbEngineArchitectureTest {
    @ArchTest
    static final ArchRule THE_CONTAINER_IS_KNOWN_TO_THE_SHELL_ALONE = noClasses()
            .that()
            .resideOutsideOfPackage("io.longshore.ejb")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta..");

    @ArchTest
    static final ArchRule MICROPROFILE_CONFIG_IS_KNOWN_TO_THE_CONFIG_PACKAGE = noClasses()
            .that()
            .resideOutsideOfPackages("io.longshore.ejb", "io.longshore.ejb.config")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.eclipse.microprofile..");

    @ArchTest
    static final ArchRule NO_WIRE_IN_THE_SHELL = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "jakarta.ws.rs..",
                    "jakarta.servlet..",
                    "jakarta.batch..",
                    "com.google.protobuf..",
                    "com.fasterxml..",
                    "io.longshore.protocol.rest..",
                    "io.longshore.web..");

    @ArchTest
    static final ArchRule NO_FRAMEWORK_IN_THE_SHELL =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("ai.onnxruntime..", "io.longshore.backend..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.longshore.ejb.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule STATIC_FIELDS_ARE_FINAL =
            fields().that().areStatic().should().beFinal();
}
