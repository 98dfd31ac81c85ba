package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.TraceControl.Change;
import io.longshore.inference.TraceControl.Field;
import io.longshore.trace.CallerTrace;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceSettings;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceRegistryTest {
    private static final Set<TraceLevel> TIMESTAMPS = Set.of(TraceLevel.TIMESTAMPS);
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0";

    private final RecordedTraces recorded = new RecordedTraces();

    private static TraceSettings settings(Set<TraceLevel> levels, long rate, long count) {
        return new TraceSettings(levels, rate, count, 0, "trace.json", TraceMode.TRITON);
    }

    private static TraceSettings spans(long rate) {
        return new TraceSettings(TIMESTAMPS, rate, TraceSettings.UNLIMITED, 0, "", TraceMode.OPENTELEMETRY);
    }

    private static Change levels(Set<TraceLevel> levels) {
        return new Change(Field.of(levels), Field.kept(), Field.kept(), Field.kept());
    }

    private static Change rate(long rate) {
        return new Change(Field.kept(), Field.of(rate), Field.kept(), Field.kept());
    }

    private static Change count(long count) {
        return new Change(Field.kept(), Field.kept(), Field.of(count), Field.kept());
    }

    private static int taken(TraceRegistry registry, String model, int requests) {
        int taken = 0;
        for (int i = 0; i < requests; i++) {
            RequestTrace trace = registry.begin(model, null);
            if (trace != null) {
                trace.release();
                taken++;
            }
        }
        return taken;
    }

    private static boolean isTaken(TraceRegistry registry, @Nullable CallerTrace caller) {
        return registry.begin("m", caller) != null;
    }

    @Test
    void off_nothingIsTracedAndNothingIsOpened() {
        TraceRegistry registry = recorded.registry(TraceSettings.OFF);

        assertThat(registry.isOn()).isFalse();
        assertThat(taken(registry, "m", 5000)).isZero();
        assertThat(recorded.opened).isEmpty();
        assertThat(registry.settings("")).isEqualTo(TraceSettings.OFF);
    }

    @Test
    void rate_takesEachNthRequest() {
        TraceRegistry registry = recorded.registry(settings(TIMESTAMPS, 10, TraceSettings.UNLIMITED));

        assertThat(registry.isOn()).isTrue();
        assertThat(taken(registry, "m", 9)).isZero();
        assertThat(taken(registry, "m", 1)).isOne();
        assertThat(taken(registry, "m", 1000)).isEqualTo(100);
        assertThat(recorded.roots).hasSize(101);
        assertThat(recorded.roots.get(0).id()).isEqualTo(1);
        assertThat(recorded.roots.get(100).id()).isEqualTo(101);
    }

    @Test
    void count_endsTracingAndIsShownGoingDown() {
        TraceRegistry registry = recorded.registry(settings(TIMESTAMPS, 2, 3));

        assertThat(taken(registry, "m", 2)).isOne();
        assertThat(registry.settings("").count()).isEqualTo(2);
        assertThat(taken(registry, "m", 1000)).isEqualTo(2);
        assertThat(registry.settings("").count()).isZero();
        registry.change("", count(1));
        assertThat(taken(registry, "m", 1000)).isOne();
    }

    @Test
    void countFromManyThreads_isNeverExceeded() throws InterruptedException {
        TraceRegistry registry = recorded.registry(settings(TIMESTAMPS, 3, 100));
        AtomicInteger taken = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> taken.addAndGet(taken(registry, "m", 200)));
        }
        threads.shutdown();

        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(taken).hasValue(100);
        assertThat(recorded.roots).hasSize(100);
    }

    @Test
    void settingsOfAModel_winOverThoseForAll() {
        TraceRegistry registry = recorded.registry(settings(Set.of(), 1, TraceSettings.UNLIMITED));

        TraceSettings changed = registry.change("m", levels(TIMESTAMPS));

        assertThat(changed.levels()).isEqualTo(TIMESTAMPS);
        assertThat(registry.isOn()).isTrue();
        assertThat(taken(registry, "m", 4)).isEqualTo(4);
        assertThat(taken(registry, "other", 4)).isZero();
        assertThat(registry.settings("").levels()).isEmpty();
        assertThat(registry.settings("other")).isEqualTo(registry.settings(""));
    }

    @Test
    void changeForAll_reachesWhatAModelHasNotOfItsOwn() {
        TraceRegistry registry = recorded.registry(settings(TIMESTAMPS, 1, TraceSettings.UNLIMITED));
        registry.change("m", rate(5));

        registry.change("", levels(Set.of(TraceLevel.TENSORS)));
        registry.change("", rate(7));

        assertThat(registry.settings("m").rate()).isEqualTo(5);
        assertThat(registry.settings("m").levels()).containsExactly(TraceLevel.TENSORS);
        assertThat(registry.settings("").rate()).isEqualTo(7);
    }

    @Test
    void changeForAllThatConcernsNothingOfAModel_leavesItsCountAlone() {
        TraceRegistry registry = recorded.registry(settings(TIMESTAMPS, 1, TraceSettings.UNLIMITED));
        registry.change("m", new Change(Field.of(TIMESTAMPS), Field.of(2L), Field.of(10L), Field.of(0L)));
        assertThat(taken(registry, "m", 2)).isOne();

        registry.change("", rate(3));

        assertThat(registry.settings("m").count()).isEqualTo(9);
    }

    @Test
    void clearedSettings_areThoseOneLevelUpAgain() {
        TraceRegistry registry = recorded.registry(settings(TIMESTAMPS, 4, 8));
        registry.change("", rate(5));
        registry.change("m", rate(6));

        Change cleared = new Change(Field.cleared(), Field.cleared(), Field.cleared(), Field.cleared());
        assertThat(registry.change("m", cleared)).isEqualTo(registry.settings(""));
        assertThat(registry.settings("m").rate()).isEqualTo(5);
        assertThat(registry.change("", cleared)).isEqualTo(settings(TIMESTAMPS, 4, 8));
    }

    @Test
    void changeWithWhichNothingCouldBeTraced_isRefusedAndChangesNothing() {
        TraceRegistry registry = recorded.registry(TraceSettings.OFF);

        assertThatThrownBy(() -> registry.change("", levels(TIMESTAMPS)))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessage("Attempting to set invalid trace setting :trace file name is not given");
        assertThat(registry.settings("")).isEqualTo(TraceSettings.OFF);

        TraceRegistry traced = recorded.registry(settings(TIMESTAMPS, 1, TraceSettings.UNLIMITED));
        assertThatThrownBy(() -> traced.change("m", rate(0)))
                .hasMessage("Attempting to set invalid trace setting :sample rate must be non-zero");
        assertThat(traced.settings("m").rate()).isOne();
    }

    @Test
    void changeForAllThatWouldStopAModel_isRefused() {
        TraceRegistry registry = recorded.registry(settings(Set.of(), 1, TraceSettings.UNLIMITED));
        registry.change("m", levels(TIMESTAMPS));

        assertThatThrownBy(() -> registry.change("", rate(0)))
                .hasMessage("Attempting to set invalid trace setting :sample rate must be non-zero");
        assertThat(registry.settings("").rate()).isOne();
    }

    @Test
    void changeOfNothing_leavesTheCountAlone() {
        TraceRegistry registry = recorded.registry(settings(TIMESTAMPS, 1, 5));
        assertThat(taken(registry, "m", 2)).isEqualTo(2);

        assertThat(registry.change("", Change.NONE).count()).isEqualTo(3);
    }

    @Test
    void startThatCannotTrace_isShownAndTracesNothing() {
        TraceSettings noFile = new TraceSettings(TIMESTAMPS, 1, TraceSettings.UNLIMITED, 0, "", TraceMode.TRITON);

        TraceRegistry registry = recorded.registry(noFile);

        assertThat(registry.isOn()).isFalse();
        assertThat(registry.settings("")).isEqualTo(noFile);
        assertThat(taken(registry, "m", 10)).isZero();
    }

    @Test
    void modelThatIsNotReady_isUnknown() {
        TraceRegistry registry = new TraceRegistry(TraceSettings.OFF, recorded, "here"::equals);

        assertThatThrownBy(() -> registry.settings("gone")).hasMessage("Request for unknown model : gone");
        assertThatThrownBy(() -> registry.change("gone", Change.NONE)).hasMessage("Request for unknown model : gone");
        assertThat(registry.settings("here")).isEqualTo(TraceSettings.OFF);
    }

    @Test
    void callersTrace_isTakenWhereItIsSampledWhateverTheRate() {
        TraceRegistry registry = recorded.registry(spans(0));
        CallerTrace sampled = CallerTrace.of(PARENT + "1", "a=1");
        CallerTrace unsampled = CallerTrace.of(PARENT + "0", null);

        assertThat(isTaken(registry, sampled)).isTrue();
        assertThat(isTaken(registry, unsampled)).isFalse();
        assertThat(isTaken(registry, null)).isFalse();

        TraceRegistry everyOne = recorded.registry(spans(1));
        assertThat(isTaken(everyOne, unsampled)).isFalse();
        assertThat(isTaken(everyOne, null)).isTrue();
    }

    @Test
    void callersTrace_saysNothingWhereTracesGoToFiles() {
        TraceRegistry registry = recorded.registry(settings(TIMESTAMPS, 2, TraceSettings.UNLIMITED));
        CallerTrace sampled = CallerTrace.of(PARENT + "1", null);

        assertThat(isTaken(registry, sampled)).isFalse();
        assertThat(isTaken(registry, sampled)).isTrue();
    }

    @Test
    void outputs_areClosedWhenTheirSettingsAreReplacedAndAtTheEnd() {
        TraceRegistry registry = recorded.registry(settings(TIMESTAMPS, 1, TraceSettings.UNLIMITED));
        registry.change("m", rate(5));
        registry.change("", rate(2));
        assertThat(recorded.closed).hasSize(1);

        registry.close();

        assertThat(recorded.closed).containsExactlyInAnyOrderElementsOf(recorded.opened);
        assertThat(registry.isOn()).isFalse();
        assertThat(taken(registry, "m", 10)).isZero();
    }
}
