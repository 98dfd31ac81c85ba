package io.longshore;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;

/** What the engine's packages may know of each other, and of everything else. */
@AnalyzeClasses(packages = "io.longshore", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /** The packages in the order in which they may import each other: each only those before it. */
    private static final List<String> ORDER = List.of(
            "tensor", "model", "trace", "inference", "spi", "region", "schedule", "repository", "lifecycle", "engine");

    @ArchTest
    static final ArchRule PACKAGES_IMPORT_ONLY_THOSE_BEFORE_THEM = importOrder();

    @ArchTest
    static final ArchRule REPOSITORY_AND_SCHEDULE_ARE_STRANGERS = classes()
            .that()
            .resideInAPackage("io.longshore.repository")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAnyPackage("io.longshore.repository", "io.longshore.lifecycle", "io.longshore.engine")
            .andShould()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("io.longshore.schedule")
            .as("what is on disk knows nothing of how requests run, and the other way round")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.longshore.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ENGINE_KNOWS_ONLY_THE_JDK = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "io.longshore..")
            .as("no container, no wire and no native library in the engine");

    @ArchTest
    static final ArchRule STATIC_FIELDS_ARE_FINAL =
            fields().that().areStatic().should().beFinal().as("no static field is assigned twice");

    @ArchTest
    static final ArchRule STATIC_FIELDS_HOLD_NO_STATE = noFields()
            .that()
            .areStatic()
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .haveRawType(mutable())
            .as("no static field holds what changes");

    @ArchTest
    static final ArchRule TIME_COMES_FROM_THE_TICKER = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.longshore.inference.Ticker")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .as("the ticker is the only clock");

    @ArchTest
    static final ArchRule THREADS_ARE_LENT = noClasses()
            .should()
            .callConstructorWhere(target(owner(assignableTo(Thread.class))))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Executors.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Timer.class)
            .as("the engine starts no thread: its host lends them");

    @ArchTest
    static final ArchRule NOBODY_SLEEPS_OR_PRINTS = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .as("no polling, no sleeping thread, and words go to the log");

    @ArchTest
    static final ArchRule PACKAGES_ARE_NULL_MARKED = classes()
            .should(new ArchCondition<>("be in a package that is @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                    events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " of " + type.getName()));
                }
            });

    private static LayeredArchitecture importOrder() {
        LayeredArchitecture layers =
                layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
        for (String name : ORDER) {
            layers = layers.layer(name).definedBy("io.longshore." + name);
        }
        for (int i = 0; i < ORDER.size(); i++) {
            List<String> earlier = ORDER.subList(0, i);
            layers = earlier.isEmpty()
                    ? layers.whereLayer(ORDER.get(i)).mayNotAccessAnyLayer()
                    : layers.whereLayer(ORDER.get(i)).mayOnlyAccessLayers(earlier.toArray(String[]::new));
        }
        return layers;
    }

    private static DescribedPredicate<JavaClass> mutable() {
        return new DescribedPredicate<>("an atomic, or a class of mutable collections") {
            @Override
            public boolean test(JavaClass type) {
                boolean isCollection = type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class);
                return type.getPackageName().equals(AtomicReference.class.getPackageName())
                        || (isCollection && !type.isInterface());
            }
        };
    }
}
