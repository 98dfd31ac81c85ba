package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.ReadinessFeed;
import io.longshore.model.ModelSelector;
import io.longshore.spi.FakeBackend.Fault;
import io.longshore.spi.FakeBehaviour;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What whoever looks each time the feed tells gets to see. */
class ReadinessFeedTest {
    private final EngineRig rig = new EngineRig(ControlMode.POLL);
    private final List<Boolean> server = new ArrayList<>();
    private final List<Boolean> model = new ArrayList<>();

    private ReadinessFeed.Listening listen(EngineRig watched) {
        return watched.engine().listen(() -> {
            note(server, watched.engine().readiness().isReady());
            note(model, watched.engine().readiness(ModelSelector.latest("m")).isReady());
        });
    }

    /** Keeps what differs from the last. */
    private static void note(List<Boolean> seen, boolean now) {
        if (seen.isEmpty() || seen.get(seen.size() - 1) != now) {
            seen.add(now);
        }
    }

    @Test
    void modelThatComesAndGoes_isTold() {
        listen(rig);
        rig.repository.put("m");
        rig.start();
        assertThat(model).containsExactly(false, true);
        assertThat(server).containsExactly(false, true);

        rig.repository.remove("m");
        rig.poll();
        rig.poll();
        assertThat(model).containsExactly(false, true, false);
        rig.closeAndCheck();
    }

    @Test
    void announcedStop_isTold() {
        rig.start();
        listen(rig);

        rig.engine().announceStop();

        assertThat(server).containsExactly(false);
        rig.closeAndCheck();
    }

    @Test
    void modelWhoseLastInstanceBreaks_isTold() {
        EngineRig broken = new EngineRig(ControlMode.NONE);
        broken.backend.behave("m", FakeBehaviour.throwing());
        broken.repository.put("m");
        broken.start();
        broken.backend.fail("m", Fault.NEW_INSTANCE);
        listen(broken);

        assertThat(broken.infer("m").failure().code()).isEqualTo(ErrorCode.INTERNAL);

        assertThat(model).containsExactly(false);
        assertThat(server).containsExactly(false);
        broken.closeAndCheck();
    }

    @Test
    void listenerThatThrows_hurtsNobody() {
        rig.engine().listen(() -> {
            throw new IllegalStateException("a listener's own fault");
        });
        listen(rig);
        rig.repository.put("m");
        rig.start();

        assertThat(model).containsExactly(false, true);
        rig.closeAndCheck();
    }

    @Test
    void closedListening_hearsNothing() {
        listen(rig).close();
        rig.repository.put("m");
        rig.start();

        assertThat(model).isEmpty();
        rig.closeAndCheck();
    }
}
