package io.longshore.demo;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Two lists of texts, compared one by one; a list of one text is compared with every text of the other.
 *
 * @param questions the texts of one side
 * @param candidates the texts of the other; as many, unless one side has just one
 */
record TextPairs(List<String> questions, List<String> candidates) {
    /** @throws InferenceException INVALID_ARGUMENT if the sides do not fit each other */
    TextPairs {
        if (questions.size() != candidates.size() && questions.size() != 1 && candidates.size() != 1) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "QUESTION has " + questions.size() + " texts and CANDIDATE " + candidates.size()
                            + "; expected as many of both, or one on one side");
        }
        questions = List.copyOf(questions);
        candidates = List.copyOf(candidates);
    }

    /** The number of pairs; zero if a side is empty. */
    int size() {
        return questions.isEmpty() || candidates.isEmpty() ? 0 : Math.max(questions.size(), candidates.size());
    }

    /** The texts of both sides without repetition, in order of appearance. */
    List<String> distinctTexts() {
        LinkedHashSet<String> texts = new LinkedHashSet<>(questions);
        texts.addAll(candidates);
        return new ArrayList<>(texts);
    }

    /** The question of a pair, counted from 0. */
    String question(int pair) {
        return questions.get(questions.size() == 1 ? 0 : pair);
    }

    /** The candidate of a pair, counted from 0. */
    String candidate(int pair) {
        return candidates.get(candidates.size() == 1 ? 0 : pair);
    }
}
