package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.schedule.AnswerOrder.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class AnswerOrderTest {
    private final AnswerOrder order = new AnswerOrder();
    private final List<Integer> told = Collections.synchronizedList(new ArrayList<>());

    private List<Place> places(int count) {
        return IntStream.range(0, count).mapToObj(i -> order.enter()).toList();
    }

    @Test
    void answerThatIsReadyEarlier_waitsForThoseBefore() {
        List<Place> places = places(3);
        places.get(2).tell(() -> told.add(2));
        places.get(0).tell(() -> told.add(0));
        assertThat(told).containsExactly(0);
        assertThat(order.held()).isEqualTo(1);
        places.get(1).tell(() -> told.add(1));

        assertThat(told).containsExactly(0, 1, 2);
    }

    @Test
    void placeThatIsLeft_holdsNobodyBack() {
        List<Place> places = places(3);
        places.get(1).tell(() -> told.add(1));
        places.get(0).leave();
        places.get(2).leave();
        places.get(2).tell(() -> told.add(2));

        assertThat(told).containsExactly(1);
        assertThat(order.held()).isZero();
    }

    @Test
    void answerThatSettlesAnother_doesNotTellItInsideItself() {
        List<Place> places = places(2);
        places.get(0).tell(() -> {
            places.get(1).tell(() -> told.add(1));
            told.add(0);
        });

        assertThat(told).containsExactly(0, 1);
    }

    /** Race: answers become ready on several threads, and some requests leave. All are told once, in order. */
    @RepeatedTest(50)
    void answersFromManyThreads_areToldInOrder(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Place> places = places(300);
        List<Integer> shuffled = new ArrayList<>(IntStream.range(0, 300).boxed().toList());
        Collections.shuffle(shuffled, random);
        List<Runnable> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            List<Integer> own = shuffled.subList(t * 100, t * 100 + 100);
            threads.add(() -> own.forEach(number -> {
                if (number % 7 == 0) {
                    places.get(number).leave();
                } else {
                    places.get(number).tell(() -> told.add(number));
                }
            }));
        }
        Race.of(threads.toArray(Runnable[]::new));

        assertThat(told)
                .isEqualTo(
                        IntStream.range(0, 300).filter(i -> i % 7 != 0).boxed().toList());
    }
}
