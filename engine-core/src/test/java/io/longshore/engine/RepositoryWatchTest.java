package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.repository.FakeRepository;
import io.longshore.repository.ModelFolder;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RepositoryWatchTest {
    private final FakeRepository repository = new FakeRepository().put("a", "b");
    private final RepositoryWatch watch = new RepositoryWatch();

    private RepositoryWatch.Changes look() throws IOException {
        return watch.look(repository.scan());
    }

    @Test
    void nothingChanged_nothingToDo() throws IOException {
        watch.begin(repository.scan());

        assertThat(look().reconcile()).isEmpty();
        assertThat(look().unsettled()).isFalse();
    }

    @Test
    void changeThatGoesOn_isLeftAloneUntilItIsQuiet() throws IOException {
        watch.begin(repository.scan());
        for (int growing = 2; growing < 6; growing++) {
            repository.put("a", 1, growing);
            RepositoryWatch.Changes changes = look();
            assertThat(changes.reconcile()).isEmpty();
            assertThat(changes.unsettled()).isTrue();
        }
        RepositoryWatch.Changes quiet = look();

        assertThat(quiet.reconcile()).extracting(ModelFolder::name).containsExactly("a");
        assertThat(quiet.unsettled()).isFalse();
        assertThat(look().reconcile()).isEmpty();
    }

    @Test
    void changeTakenBack_isForgotten() throws IOException {
        watch.begin(repository.scan());
        repository.put("a", 1, 2);
        look();
        repository.put("a", 1, 1);

        assertThat(look().reconcile()).isEmpty();
        assertThat(look().reconcile()).isEmpty();
    }

    @Test
    void newModelAndGoneModel_countAtTheSecondLook() throws IOException {
        watch.begin(repository.scan());
        repository.put("c").remove("b");
        RepositoryWatch.Changes first = look();
        RepositoryWatch.Changes second = look();

        assertThat(first.reconcile()).isEmpty();
        assertThat(first.unload()).isEmpty();
        assertThat(second.reconcile()).extracting(ModelFolder::name).containsExactly("c");
        assertThat(second.unload()).containsExactly("b");
    }

    @Test
    void unreadableModel_isRejectedAndNotTakenForGone() throws IOException {
        watch.begin(repository.scan());
        repository.problem("a", "no permission");
        look();
        RepositoryWatch.Changes rejected = look();
        repository.problem("a", "");
        look();
        RepositoryWatch.Changes back = look();

        assertThat(rejected.unload()).isEmpty();
        assertThat(rejected.reject()).containsEntry("a", "no permission");
        assertThat(back.reconcile()).extracting(ModelFolder::name).containsExactly("a");
    }

    @Test
    void unreadableModelThatIsTakenAway_isGone() throws IOException {
        repository.problem("c", "two of them");
        watch.begin(repository.scan());
        repository.problem("c", "");
        look();

        assertThat(look().unload()).containsExactly("c");
    }
}
