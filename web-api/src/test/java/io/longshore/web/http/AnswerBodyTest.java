package io.longshore.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class AnswerBodyTest {
    @RepeatedTest(20)
    void parts_areWrittenInOrderInAlignedPieces(RepetitionInfo repetition) throws IOException {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        List<ByteBuffer> parts = new ArrayList<>();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = random.nextInt(5); i >= 0; i--) {
            byte[] bytes = new byte[random.nextInt(600_000)];
            random.nextBytes(bytes);
            expected.writeBytes(bytes);
            parts.add(random.nextBoolean() ? direct(bytes) : inTheMiddleOfAnArray(bytes));
        }
        Pieces out = new Pieces();
        AnswerBody body = new AnswerBody(parts);
        while (!body.isDone()) {
            body.writePiece(out);
        }
        body.writePiece(out);
        assertThat(out.toByteArray()).as("seed %d", seed).isEqualTo(expected.toByteArray());
        assertThat(out.crossesABuffer).as("seed %d", seed).isFalse();
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static ByteBuffer inTheMiddleOfAnArray(byte[] bytes) {
        ByteBuffer larger = ByteBuffer.allocate(bytes.length + 20);
        return larger.put(10, bytes).position(10).limit(10 + bytes.length).slice();
    }

    private static final class Pieces extends ByteArrayOutputStream {
        private boolean crossesABuffer;

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            crossesABuffer |= size() % AnswerBody.PIECE_BYTES + length > AnswerBody.PIECE_BYTES;
            super.write(bytes, offset, length);
        }
    }
}
