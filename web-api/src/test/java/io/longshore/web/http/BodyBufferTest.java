package io.longshore.web.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryBudgetExceededException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class BodyBufferTest {
    private static final int LIMIT = 100_000;

    @RepeatedTest(50)
    void bytes_arriveInAnyPieces_areGatheredInOrder(RepetitionInfo repetition) throws IOException {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        byte[] expected = new byte[random.nextInt(LIMIT + 1)];
        random.nextBytes(expected);
        TrackedAllocator allocator =
                random.nextBoolean() ? TrackedAllocator.direct(1 << 20) : TrackedAllocator.heap(1 << 20);
        BodyBuffer body = random.nextBoolean()
                ? BodyBuffer.ofSize(allocator, expected.length)
                : BodyBuffer.growing(allocator, LIMIT, BodyBufferTest::tooLarge);
        readAll(body, new Dribble(expected, random));
        HostMemory gathered = body.finish();
        byte[] actual = new byte[(int) gathered.byteSize()];
        gathered.buffer().get(actual);
        assertThat(actual).as("seed %d", seed).isEqualTo(expected);
        gathered.release();
        body.close();
        assertThat(allocator.inUse()).as("seed %d", seed).isZero();
    }

    @Test
    void bodyOfExactlyTheLimit_fits() throws IOException {
        TrackedAllocator allocator = TrackedAllocator.heap(1 << 20);
        BodyBuffer body = BodyBuffer.growing(allocator, LIMIT, BodyBufferTest::tooLarge);
        readAll(body, new ByteArrayInputStream(new byte[LIMIT]));
        HostMemory gathered = body.finish();
        assertThat(gathered.byteSize()).isEqualTo(LIMIT);
        gathered.release();
    }

    @Test
    void bodyOfOneByteMore_isRefusedAndGivenBack() {
        TrackedAllocator allocator = TrackedAllocator.direct(1 << 20);
        try (BodyBuffer body = BodyBuffer.growing(allocator, LIMIT, BodyBufferTest::tooLarge)) {
            assertThatThrownBy(() -> readAll(body, new ByteArrayInputStream(new byte[LIMIT + 1])))
                    .isInstanceOf(InferenceException.class)
                    .hasMessage("more than " + (LIMIT + 1));
        }
        assertThat(allocator.inUse()).isZero();
    }

    @Test
    void bodyShorterThanAnnounced_isRefusedWithBothSizes() {
        TrackedAllocator allocator = TrackedAllocator.direct(1 << 20);
        try (BodyBuffer body = BodyBuffer.ofSize(allocator, 10)) {
            assertThatThrownBy(() -> readAll(body, new ByteArrayInputStream(new byte[7])))
                    .isInstanceOf(InferenceException.class)
                    .hasMessage("the request body ended after 7 bytes, its Content-Length announced 10");
        }
        assertThat(allocator.inUse()).isZero();
    }

    @Test
    void bodyOfKnownSize_readsNoByteMore() throws IOException {
        BodyBuffer body = BodyBuffer.ofSize(TrackedAllocator.heap(100), 4);
        InputStream in = new ByteArrayInputStream(new byte[] {1, 2, 3, 4, 5});
        readAll(body, in);
        assertThat(body.isFull()).isTrue();
        assertThat(in.read()).isEqualTo(5);
        body.close();
    }

    @Test
    void emptyBodyOfKnownSize_isFullWithoutReading() {
        BodyBuffer body = BodyBuffer.ofSize(TrackedAllocator.direct(100), 0);
        assertThat(body.isFull()).isTrue();
        body.finish().release();
    }

    @Test
    void budgetExceededWhileGrowing_keepsNothing() {
        TrackedAllocator allocator = TrackedAllocator.direct(20_000);
        try (BodyBuffer body = BodyBuffer.growing(allocator, LIMIT, BodyBufferTest::tooLarge)) {
            assertThatThrownBy(() -> readAll(body, new ByteArrayInputStream(new byte[LIMIT])))
                    .isInstanceOf(MemoryBudgetExceededException.class);
        }
        assertThat(allocator.inUse()).isZero();
    }

    @Test
    void secondFinish_isABug() {
        BodyBuffer body = BodyBuffer.ofSize(TrackedAllocator.heap(10), 0);
        body.finish().release();
        assertThatThrownBy(body::finish).isInstanceOf(IllegalStateException.class);
    }

    private static InferenceException tooLarge(long size) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, "more than " + size);
    }

    private static void readAll(BodyBuffer body, InputStream in) throws IOException {
        boolean more = !body.isFull();
        while (more) {
            more = body.readFrom(in);
        }
    }

    /** Gives a random number of bytes each time, now and then none. */
    private static final class Dribble extends InputStream {
        private final InputStream source;
        private final Random random;

        Dribble(byte[] bytes, Random random) {
            this.source = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read() throws IOException {
            return source.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return source.read(target, offset, Math.min(length, random.nextInt(30_000)));
        }
    }
}
