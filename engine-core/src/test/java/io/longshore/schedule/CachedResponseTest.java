package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Copying once, sharing, and going when nobody reads any more. */
class CachedResponseTest {
    private static final ModelId MODEL = new ModelId("m", 1);

    private final CountingAllocator allocator = new CountingAllocator();

    private CachedResponse cached() {
        InferenceResponse response = new InferenceResponse(
                "first",
                MODEL,
                List.of(
                        Tensors.ofFloats(allocator, "X", Shape.of(2), 1f, 2f),
                        Tensors.ofStrings(allocator, "Y", Shape.of(1), "text")),
                Parameters.NONE);
        CachedResponse copy = CachedResponse.copyOf(response, allocator);
        assertThat(copy.byteSize())
                .isEqualTo(CachedResponse.byteSizeOf(response))
                .isGreaterThan(2 * 4 + 4 + 4);
        response.release();
        return copy;
    }

    @Test
    void copy_isOnePieceOfMemory_whichAnswersShare() {
        CachedResponse cached = cached();
        InferenceResponse answer = cached.answer("second", MODEL);
        InferenceResponse another = cached.answer("third", MODEL);

        assertThat(allocator.live()).as("one copy, however many answers").isEqualTo(1);
        assertThat(answer.id()).isEqualTo("second");
        assertThat(Tensors.floats(another.outputs().get(0))).containsExactly(1f, 2f);
        assertThat(Tensors.strings(another.outputs().get(1))).containsExactly("text");
        answer.release();
        another.release();
        cached.release();
        assertThat(allocator.live()).isZero();
    }

    @Test
    void answer_outlivesTheCopy() {
        CachedResponse cached = cached();
        InferenceResponse answer = cached.answer("", MODEL);
        cached.release();

        assertThat(cached.tryRetain()).as("forgotten for good").isFalse();
        assertThat(Tensors.floats(answer.outputs().get(0))).containsExactly(1f, 2f);
        answer.release();
        assertThat(allocator.live()).isZero();
    }

    @RepeatedTest(200)
    void readingWhileItIsForgotten_getsAllOrNothing() {
        CachedResponse cached = cached();
        Runnable read = () -> {
            if (cached.tryRetain()) {
                InferenceResponse answer = cached.answer("", MODEL);
                cached.release();
                assertThat(Tensors.floats(answer.outputs().get(0))).containsExactly(1f, 2f);
                answer.release();
            }
        };

        Race.of(cached::release, read, read);

        assertThat(allocator.live()).isZero();
    }
}
